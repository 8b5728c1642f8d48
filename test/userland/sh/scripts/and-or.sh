# Lists: which part runs, and the status.
true && echo a || echo b
false && echo a || echo b
true || echo a && echo b
false || false || echo c
true && true && false; echo $?
false && true; echo $?
! true && echo no || echo d
! false && echo e
true &&
  echo f
false ||

  echo g
{ false; true; } && echo h
(exit 5) || echo $?
true && (exit 6); echo $?
x=1 && y=2 || z=3; echo $x$y$z
