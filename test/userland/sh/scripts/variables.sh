# Assignment, and names next to text.
a=1 b=two c='three words'
echo $a $b "$c" ${a}1 $b.$a
a=$b b=$a
echo $a $b
d=$c
e=`echo x y`
f=$((a+1))
echo "$d" "$e" "$f"
_x1=under; echo $_x1 ${_x1}
empty=
echo "[$empty]" "[${empty}]" "[$unset]"
a=x$a$a; echo $a
