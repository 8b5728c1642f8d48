# The commands of a file, in this shell.
echo 'x=from-file; echo "args: $*"; f() { echo defined; }' >lib
. ./lib
echo $x; f
echo 'return 3; echo no' >ret; . ./ret; echo $?
echo 'false' >fail; . ./fail; echo $?
: >empty; false; . ./empty; echo $?
PATH=$PATH:.; echo 'echo found by PATH' >bypath; . bypath
echo '. ./inner; echo outer' >outer; echo 'echo inner; return' >inner; . ./outer
echo 'exit 7' >ex; (. ./ex; echo no); echo $?
g() { . ./ret; echo goes on; return 2; }; g; echo $?
echo 'for i in 1 2; do break; done; echo $i' >loop; . ./loop
echo 'while read x; do echo "<$x>"; done <lib' >reader; . ./reader
(. ./none; echo no); echo $?
. ./lib arguments are ignored
