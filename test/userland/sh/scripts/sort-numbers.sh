# Insertion sort, done by nothing but the shell.
insert() {
  new=$1 out=
  shift
  for x; do
    if [ -n "$new" ] && [ $new -lt $x ]; then
      out="$out $new $x" new=
    else
      out="$out $x"
    fi
  done
  sorted="$out $new"
}
sorted=
for n in 42 7 19 3 88 1 56 23 7; do insert $n $sorted; done
echo $sorted
