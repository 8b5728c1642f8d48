# Options of a script, one by one.
parse() {
  OPTIND=1
  while getopts ab:c opt; do
    case $opt in
    a) echo a ;;
    b) echo "b=$OPTARG" ;;
    c) echo c ;;
    \?) echo "bad [$OPTARG]" ;;
    esac
  done
  shift $((OPTIND - 1))
  echo "rest: $# $* ($OPTIND)"
}
parse -a -b val -c x y
parse -acb val z
parse -bval -- -a
parse -x
parse -b
parse - a
parse a -b
parse
getopts q o -q; echo $? $o; getopts q o -q; echo $? $o
