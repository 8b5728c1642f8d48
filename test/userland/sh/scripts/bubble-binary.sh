# Sorting in variables, and looking up by halves.
n=0; for x in 9 4 7 1 8 2 6; do n=$((n + 1)); eval a$n=$x; done
i=1
while [ $i -lt $n ]; do
  j=1
  while [ $j -le $((n - i)) ]; do
    k=$((j + 1))
    eval "p=\$a$j q=\$a$k"
    [ $p -gt $q ] && eval "a$j=$q a$k=$p"
    j=$k
  done
  i=$((i + 1))
done
i=1; while [ $i -le $n ]; do eval "printf '%s ' \$a$i"; i=$((i + 1)); done; echo
find() {
  lo=1 hi=$n steps=0
  while [ $lo -le $hi ]; do
    mid=$(((lo + hi) / 2)) steps=$((steps + 1))
    eval "v=\$a$mid"
    if [ $v -eq $1 ]; then echo "$1 at $mid in $steps"; return
    elif [ $v -lt $1 ]; then lo=$((mid + 1))
    else hi=$((mid - 1)); fi
  done
  echo "$1 not there"; return 1
}
find 7; find 1; find 9; find 5; echo $?
