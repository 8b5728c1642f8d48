# kill and what it takes.
sleep 9 & p=$!
kill -0 $p; echo $?
kill -s TERM $p; wait $p; echo $?
kill -0 $p 2>/dev/null; echo $?
sleep 9 & kill -KILL $!; wait $!; echo $?
sleep 9 & kill -15 $!; wait $!; echo $?
sleep 9 & kill -sigint $! 2>/dev/null; kill $!; wait $!
sleep 9 & kill %1 2>/dev/null; echo $?; kill $! 2>/dev/null
kill; echo $?
kill -s NOSUCH $$; echo $?
kill abc; echo $?
kill -l 15; kill -l 143
trap 'echo took it' TERM; kill $$; kill -15 $$
