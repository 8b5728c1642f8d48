# $1 and the others, set, shift, and their number.
echo $# "$1" "$2" "$3" "$0"
set -- a b c d e f g h i j k
echo $# $1 $9 ${10} ${11} $10 ${12-none}
shift; echo $# $1
shift 3; echo $# $1
set x y; echo $# $*
set -- -a --; echo $1 $2
set --; echo $# "[$*]"
set -- "a b" c; for i; do echo "<$i>"; done
for i in "$@"; do echo "[$i]"; done
for i in $*; do echo "($i)"; done
