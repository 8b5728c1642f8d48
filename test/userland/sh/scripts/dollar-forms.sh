# A dollar sign in all its places.
x=val
echo $ $x$x "$" "$ x" '$x' \$x $'x' "$x$" $x. $x/$x ${x}$ a$ $%
echo "$(echo '$x')" "`echo '$x'`" "\$(x)" '${x}'
echo $x-$x=$x:$x,$x@$x
echo ${x} "${x}" ${x}x "${x}"x $xx "${x}${x}"
set -- p q; echo $1$2 $11 ${1}1 "$1-$2" $#$# $1_ ${1}_
echo $((x=5))$x $((1+1))$(echo 2)`echo 3`
echo "a $(echo "b $((1 + $(echo 1))) c") d"
echo $(echo $(echo \$x)) $(echo '\$x') "$(echo "\$x")" `echo \$x` `echo \\\$x`
