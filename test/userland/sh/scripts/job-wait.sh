# Background jobs, and what wait tells of them.
sleep 1 & wait $!; echo $?
(exit 3) & wait $!; echo $?
false & p=$!; true & q=$!; wait $p; echo $?; wait $q; echo $?
wait; echo $?
(exit 4) & (exit 5) & wait; echo $?
wait 99999; echo $?
sleep 2 & s=$!; kill $s; wait $s; echo $?
sleep 2 & kill -9 $!; wait $!; echo $?
{ echo in the background; exit 6; } & wait $!; echo $?
echo a | cat & wait $!
x=1; x=2 & wait; echo $x
true & p=$!; wait $p $p; echo $?
(exit 7) & a=$!; (exit 8) & b=$!; wait $a $b; echo $?; wait $a; echo $?
