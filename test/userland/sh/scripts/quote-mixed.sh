# Quotes of all kinds make one word where no blank is between them.
x=1
printf '<%s>\n' a"b"'c'\d$x"$x"'$x' ""a '' "" x""y
set -- "" '' "$empty" $empty
echo $#
echo "a'b'c" 'a"b"c' "a\"b" 'a'"'"'b'
