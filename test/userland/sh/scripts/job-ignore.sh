# In the background the keyboard's signals are ignored.
sh -c 'kill -INT $$; echo alive' & wait $!; echo $?
(kill -INT $(sh -c 'echo $PPID'); echo alive) & wait $!; echo $?
(kill -QUIT $(sh -c 'echo $PPID'); echo alive too) & wait $!; echo $?
(trap 'echo trapped' INT; kill -INT $(sh -c 'echo $PPID'); echo on) & wait $!; echo $?
sh -c 'kill -TERM $$; echo no' & wait $!; echo $?
