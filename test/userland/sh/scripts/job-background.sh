# What a background command begins with.
read x </dev/null & wait $!; echo $?
cat & wait $!; echo $?
echo hi | { cat & wait; }
(echo sub; sleep 1; echo later) & echo first; wait
for i in 3 1 2; do (sleep $i; echo $i) & done; wait
f() { echo f $1; }; f a & wait
i=0; while [ $i -lt 3 ]; do i=$((i+1)); done & wait; echo $i
sleep 1 && echo and & wait
false || echo or & wait
{ sleep 1; echo group; } >f & wait; cat f
! true & wait $!; echo $?
x=$(sleep 1 & echo now); echo $x
