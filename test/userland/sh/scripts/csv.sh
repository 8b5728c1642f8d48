# Rows and columns, added up.
cat >data <<E
item,count,price
apple,3,25
pear,10,30

plum,7,5
E
total=0 rows=0
{
  IFS=, read -r c1 c2 c3
  printf '%-8s|%8s|%8s\n' "$c1" "$c2" "$c3"
  while IFS=, read -r item count price; do
    [ -z "$item" ] && continue
    sum=$((count * price)) total=$((total + sum)) rows=$((rows + 1))
    printf '%-8s|%8d|%8d = %d\n' "$item" "$count" "$price" $sum
  done
} <data
echo "$rows rows, $total"
n=0; IFS='
'; for l in $(cat data); do n=$((n + 1)); done; echo $n lines
IFS=,; for f in $l; do echo "<$f>"; done
