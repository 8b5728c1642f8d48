# All orders of four words.
permute() {
  local done=$1; shift
  [ $# -eq 0 ] && { echo "$done"; return; }
  local i=0 x
  while [ $i -lt $# ]; do
    x=$1; shift
    permute "$done${done:+ }$x" "$@"
    set -- "$@" "$x"
    i=$((i + 1))
  done
}
permute '' a b c
permute '' 1 2 3 4 | wc -l
permute '' 'x y' z
