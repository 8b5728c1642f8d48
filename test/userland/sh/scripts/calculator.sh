# A calculator that reads its programs line by line.
calc() {
  set --
  for t in $1; do
    case $t in
    [0-9]*) set -- $t "$@" ;;
    +) a=$2 b=$1; shift 2; set -- $((a + b)) "$@" ;;
    -) a=$2 b=$1; shift 2; set -- $((a - b)) "$@" ;;
    x) a=$2 b=$1; shift 2; set -- $((a * b)) "$@" ;;
    /) a=$2 b=$1; shift 2
       [ $b -eq 0 ] && { echo "division by zero"; return 1; }
       set -- $((a / b)) "$@" ;;
    *) echo "what is $t?"; return 2 ;;
    esac
  done
  echo $1
}
while read -r line; do
  printf '%s = ' "$line"
  calc "$line" || echo "  status $?"
done <<E
1 2 +
5 1 2 + 4 x + 3 -
7 0 /
100 7 / 3 x
2 ^
E
