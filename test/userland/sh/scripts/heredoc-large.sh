# More than a pipe takes at once.
x=$(seq 2000)
cat <<E | wc
$x
$x
E
n=0
while read l; do n=$((n + l)); done <<E
$x
E
echo $n
cat <<E | (read first; echo $first)
$x
E
