# Files written, joined, compared and listed.
for i in 1 2 3; do for n in a b; do echo "$n$i" >"$n.$i"; done; done
cat a.* >all.a; cat b.* >all.b; cat all.*
same() { [ "$(cat "$1")" = "$(cat "$2")" ]; }
same a.1 a.1 && echo same; same a.1 a.2 || echo other
for f in ?.?; do wc -c <$f; done | { t=0; while read n; do t=$((t + n)); done; echo $t; }
set -- *.1; echo $*; set -- [ab].[!2]; echo $*
{ for f in b.*; do read l <$f; printf '%s:%s\n' "$f" "$l"; done; } >index; cat index
while IFS=: read f l; do [ -f $f ] && echo "$l in $f"; done <index
[ all.a -ef ../work/all.a ] && echo one file
: >empty; [ -s empty ] || echo empty; [ -s all.a ] && echo full
