# Escaped characters, unfinished sets, and dots.
: >'a*b'; : >'a?b'; : >'a[b'; : >axb; : >.d; : >-n
echo a\*b a\?b a\[b
echo a*b a?b a[*?x]b
echo a[b
echo [a*
echo .?
echo -*
echo [-]n [!a]n
p='a\*b'; echo $p
q='a[*]b'; echo $q
r=a; echo $r"*"b ${r}*b
echo [[:punct:]]n a[[:alpha:]]b
