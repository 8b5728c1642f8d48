# What kills a job in the foreground is told, and what is in the background is not.
sh -c 'kill -9 $$'; echo $?
sh -c 'kill -TERM $$'; echo $?
sh -c 'kill -INT $$'; echo $?
sh -c 'kill -PIPE $$'; echo $?
sh -c 'kill -HUP $$' & wait $!; echo $?
sh -c 'kill -USR1 $$' | cat; echo $?
cat /dev/null | sh -c 'kill -ALRM $$'; echo $?
(kill -QUIT $(sh -c 'echo $PPID')); echo $?
sh -c 'kill -SEGV $$' 2>/dev/null; echo $?
x=$(sh -c 'kill -9 $$'); echo $?
sleep 5 & kill -STOP $!; kill -CONT $!; kill $!; wait $!; echo $?
kill -0 $$; echo $?
yes | sh -c 'read x; echo $x'
