# Processes that work at the same time and are waited for.
worker() { n=0; while read job; do n=$((n + 1)); echo "$1: $job" >>log.$1; done; return $n; }
seq 4 | worker a & a=$!
{ echo x; sleep 1; echo y; } | worker b & b=$!
wait $a; echo $?
wait $b; echo $?
cat log.a log.b
for i in 1 2 3; do { sleep $((4 - i)); echo $i >>order; } & done; wait; cat order
(sleep 1; echo slow) | { read x; echo $x; } & (echo fast) & wait
t() { sleep $1; return $1; }; t 2 & p=$!; t 1; echo $?; wait $p; echo $?
