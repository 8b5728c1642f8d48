# Parameters move down.
set -- a b c d e
shift; echo $*
shift 2; echo $*
shift 0; echo $*
shift 2; echo "[$*]" $#
(shift; echo no); echo $?
set -- x; (shift 2; echo no); echo $?
(shift -1; echo no); echo $?
(shift abc; echo no); echo $?
f() { while [ $# -gt 0 ]; do printf '%s ' "$1"; shift; done; echo; }
f p q 'r s'; echo $1
while [ $# -gt 0 ]; do echo "<$1>"; shift; done
