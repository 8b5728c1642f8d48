# A trapped signal ends wait.
trap 'echo got it' USR1
(sleep 1; kill -USR1 $$) &
sleep 3 &
wait $!
echo $?
wait
echo $?
trap - USR1
sh -c 'kill -USR1 $$' ; echo $?
