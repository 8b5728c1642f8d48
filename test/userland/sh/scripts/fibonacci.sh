# Functions that call themselves in substitutions, and loops with arithmetic.
fib() {
  if [ $1 -lt 2 ]; then
    echo $1
  else
    echo $(($(fib $(($1 - 1))) + $(fib $(($1 - 2)))))
  fi
}
for n in 0 1 2 3 4 5 6; do fib $n; done
a=0 b=1 i=0
while [ $i -lt 20 ]; do
  printf '%d ' $a
  t=$((a + b)) a=$b b=$t i=$((i + 1))
done
echo
