# Names that patterns stand for, in order.
for f in a.c b.c c.h ab abc .hidden 'x y' '[z]'; do : >"$f"; done
echo *
echo *.c *.h *.none
echo ? ?? ???
echo [ab]* [!a]* [a-b].c
echo .* 
echo '*' "*" \* "*".c *"."c
echo x* "x "*
for f in *.c; do echo "<$f>"; done
x='*.c'; echo $x "$x"
set -- *; echo $#
echo [[]*
y=*; echo "$y" $y | wc -w
