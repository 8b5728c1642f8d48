# A function calls itself, with positional parameters of its own each time.
fact() { if [ $1 -le 1 ]; then echo 1; else echo $(($1 * $(fact $(($1 - 1))))); fi; }
fact 10
hanoi() {
  [ $1 -eq 0 ] && return
  hanoi $(($1 - 1)) $2 $4 $3
  echo "$1: $2 -> $3"
  hanoi $(($1 - 1)) $4 $3 $2
}
hanoi 3 left right middle
ackermann() {
  if [ $1 -eq 0 ]; then a=$(($2 + 1))
  elif [ $2 -eq 0 ]; then ackermann $(($1 - 1)) 1
  else ackermann $1 $(($2 - 1)); ackermann $(($1 - 1)) $a
  fi
}
ackermann 2 2; echo $a
depth() { [ $1 -eq 0 ] || depth $(($1 - 1)); }
depth 60; echo done
