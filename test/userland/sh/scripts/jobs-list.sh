# What jobs, fg and bg tell without job control.
jobs
sleep 3 & jobs -p | wc -l
wait
(exit 3) & wait $!
kill $! 2>/dev/null; echo $?
fg %8; echo $?
bg %9; echo $?
wait %5; echo $?
jobs %7; echo $?
kill %8; echo $?
