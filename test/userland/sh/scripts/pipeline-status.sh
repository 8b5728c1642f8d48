# The statuses of all parts of a pipeline, through another descriptor.
run() {
  exec 4>&1
  set -- $({ { { { (exit $1); echo 1:$? >&3; } | { cat; (exit $2); echo 2:$? >&3; } | { cat; (exit $3); echo 3:$? >&3; }; } 3>&1 >&4 4>&-; } | cat; } | { while read l; do echo $l; done; })
  exec 4>&-
  for s in 1 2 3; do for x; do case $x in $s:*) echo "part $s: ${x#*:}";; esac; done; done
}
run 0 0 0; run 1 2 3
{ echo data; exit 3; } | { read x; echo $x; exit 4; }; echo $?
mkpipe() { { echo a; echo b; } | while read x; do echo "<$x>"; [ $x = b ] && exit 9; done; echo $?; }; mkpipe
