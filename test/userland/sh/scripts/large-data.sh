# More than a pipe holds, in every direction.
x=$(seq 5000); echo ${#x}
echo "$x" | wc
seq 20000 | cat | cat | wc -c
n=0; for i in $x; do n=$((n + i)); done; echo $n
yes | { i=0; while read a && [ $i -lt 50 ]; do i=$((i+1)); done; echo $i; }
y=$x$x$x$x; echo ${#y}; printf '%s' "$y" | wc -c
set -- $x; echo $# $5000
seq 3000 >f; while read a; do b=$a; done <f; echo $b
seq 3000 | (exec cat) | tee g | wc -l; wc -l <g
