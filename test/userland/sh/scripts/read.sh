# A line into variables.
in() { printf '%b' "$1"; }
in 'a b c\n' | { read x y; echo "$x|$y"; }
in '  a  b  c  \n' | { read x y; echo "$x|$y|"; }
in 'a\n' | { read x y z; echo "$x|$y|$z"; }
in '\n' | { read x; echo "[$x] $?"; }
in 'no newline' | { read x; echo "$? $x"; }
in '' | { read x; echo "$? [$x]"; }
in 'one\ntwo\n' | { read a; read b; echo $a $b; }
printf 'a\\ b c\n' | { read x y; echo "$x|$y"; }
printf 'a\\\nb\n' | { read x; echo "$x"; }
printf 'a\\b\\\n' | { read -r x; echo "$x"; }
printf ' x \n' | { IFS= read -r x; echo "[$x]"; }
printf 'tab\there\n' | { read x y; echo "$x-$y"; }
echo keep this | { read x; cat; echo "$x"; }
printf '1\n2\n3\n' | { read x; cat; }
