# Where no splitting is done: assignments, case, here-documents, redirections.
x='a  b'
y=$x; echo "$y"
y=$(echo "$x"); echo "$y"
case $x in 'a  b') echo one word;; esac
cat <<E
$x
E
echo to >$x; cat "$x"
for i in "$x" $x; do echo "<$i>"; done
export z=$x; echo "$z"
f() { local w=$x; echo "$w"; }; f
readonly r=$x; echo "$r"
