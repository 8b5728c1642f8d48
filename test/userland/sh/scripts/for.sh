# The words of a for loop, and what is left behind it.
for i in a 'b c' "d  e" $(echo f g); do echo "<$i>"; done; echo "$i"
for i in; do echo never; done; echo $? "$i"
for i
do echo "p:$i"; done
for i do echo "q:$i"; done
for i in 1 2 3
do
  for j in x y; do printf '%s%s ' $i $j; done
done; echo
set -- m n; for i in "$@"; do set -- changed; echo $i $*; done
for i in in do done; do echo $i; done
for i in 1 2; do false; done; echo $?
for x in $u "" '' ; do echo "[$x]"; done
