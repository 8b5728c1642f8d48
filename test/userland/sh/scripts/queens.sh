# Six queens, with the board in the positional parameters.
n=6 solutions=0 first=
place() { # row, then the columns so far
  row=$1; shift
  if [ $row -gt $n ]; then
    solutions=$((solutions + 1))
    [ -z "$first" ] && first="$*"
    return
  fi
  local col=1 ok r c
  while [ $col -le $n ]; do
    ok=1 r=$#
    for c; do
      d=$((col - c)); [ $d -lt 0 ] && d=$((-d))
      if [ $d -eq 0 ] || [ $d -eq $r ]; then ok=0; break; fi
      r=$((r - 1))
    done
    [ $ok = 1 ] && place $(($# + 2)) "$@" $col
    col=$((col + 1))
  done
}
place 1
echo "$solutions solutions, the first: $first"
for q in $first; do
  line= c=1
  while [ $c -le $n ]; do
    if [ $c = $q ]; then line="$line Q"; else line="$line ."; fi
    c=$((c + 1))
  done
  echo "$line"
done
