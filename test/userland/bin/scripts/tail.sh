# The ends of files.
seq 20 >f; seq 3 >g
tail f; tail -n 3 f; tail -n 2 <f; seq 5 | tail -n2; tail -c 6 f; tail -n +18 f; tail -c +49 f; tail -n +0 g; tail -n 0 g
tail -n 2 f g; tail -q -n 1 f g; tail -v -n 1 g; tail -n 1 none g; echo $?; tail -n x f; echo $?
printf 'a\nb' | tail -n 1; echo; printf 'one' | tail -n 2; echo; tail -n 1 - <g; seq 5000 | tail -n 1; seq 5000 | tail -c 5; tail -n 100 g; tail -n -2 g
