# Variables and functions go.
x=1; unset x; echo "[${x-gone}]"
unset x; echo $?
f() { echo f; }; unset -f f; f 2>/dev/null || echo no f
x=v; x() { echo fx; }; unset x; x; echo "[$x]"
unset -v x; x
unset -f x; x 2>/dev/null; echo $?
a=1 b=2 c=3; unset a b c; echo "[$a$b$c]"
unset HOME; echo ~ "[$HOME]"
unset IFS; y='a b'; set -- $y; echo $#
unset nosuch; echo $?
unset PATH; echo builtin still
PATH=/bin; cat /dev/null; echo $?
(unset 1x; echo no); echo $?
