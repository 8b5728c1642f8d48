# The classic, in four ways.
for i in $(seq 15); do
  case $((i % 3)),$((i % 5)) in 0,0) echo FizzBuzz ;; 0,*) echo Fizz ;; *,0) echo Buzz ;; *) echo $i ;; esac
done | { while read x; do printf '%s ' $x; done; echo; }
i=0; while [ $((i += 1)) -le 15 ]; do
  o=; [ $((i % 3)) = 0 ] && o=Fizz; [ $((i % 5)) = 0 ] && o=${o}Buzz; printf '%s ' ${o:-$i}
done; echo
f() { [ $1 -gt 15 ] && return; [ $(($1 % 15)) -eq 0 ] && printf 'FizzBuzz ' || { [ $(($1 % 5)) -eq 0 ] && printf 'Buzz '; } || { [ $(($1 % 3)) -eq 0 ] && printf 'Fizz '; } || printf '%d ' $1; f $(($1 + 1)); }
f 1; echo
for i in 1 2 3 4 5; do until case $i in *3*|*6*) false;; esac; do printf 'x'; i=0; done; printf '%s ' $i; done; echo
