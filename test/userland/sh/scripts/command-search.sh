# Where commands come from, and what cannot be run.
nosuchcommand; echo $?
./none; echo $?
/none/x; echo $?
.; echo no
