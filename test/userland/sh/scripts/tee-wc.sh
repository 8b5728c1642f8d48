# The programs of the machine in pipelines.
seq 10 | tee copy | wc -l; wc -l <copy
seq 3 | tee a b >c; cat a b c | wc -l
yes | { read x; read y; echo $x$y; }
yes no | { i=0; while [ $i -lt 3 ]; do read x; printf '%s ' $x; i=$((i+1)); done; echo; }
seq 1 2 9; seq -s , 5; seq 3 -1 1
echo one two three | wc -w; printf 'a\nb' | wc -l; printf 'abc' | wc -c
cat copy - copy <a | wc -l
echo x | tee -a a >/dev/null; cat a
true | tee empty; wc -c <empty
/bin/echo from a program; /bin/true; echo $?; /bin/false; echo $?
seq 100 | while read n; do [ $((n % 25)) -eq 0 ] && echo $n; done | tee quarters; cat quarters | wc
