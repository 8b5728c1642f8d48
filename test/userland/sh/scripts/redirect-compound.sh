# Redirections of compound commands hold for all that is in them.
for i in 1 2 3; do echo $i; echo e$i >&2; done >f 2>g; cat f g
if true; then echo yes; fi >h; cat h
case x in x) echo in case;; esac >i; cat i
while read x; do echo "<$x>"; done <f >j; cat j
{ echo a; (echo b; echo c >&2) 2>k; } >l; cat k l
f() { echo body; } >m; f; f; cat m
(cat) <f
until read x; do :; done <f; echo $x
{ read a; cat; } <f; echo $a
x=1; { x=2; } >n; echo $x
echo hi | { cat; echo done; } >o; cat o
