# A loop over files, classified by name.
for f in a.c b.h README c.c d.tar.gz; do echo "$f" >"$f"; done
n=0
for f in *; do
  case $f in
  *.c) kind=source ;;
  *.h) kind=header ;;
  *.tar.*) kind="archive (${f#*.})" ;;
  *) kind=other ;;
  esac
  n=$((n + 1))
  printf '%2d %-10s %s\n' $n "$f" "$kind"
done
set -- *.c; echo "$# sources: $*"
for f in *.c; do echo "${f%.c}.o: $f"; done
