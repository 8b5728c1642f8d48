# Blanks, tabs and newlines separate; at both ends they are nothing.
show() { echo "$#:"; for i; do echo "<$i>"; done; }
x='  one   two
three	four  '
show $x
show "$x"
show a$x
show ${x}b
show a${x}b
show $(printf 'p\n\nq\n\n')
show $(printf '  \n  ')
y=$x; show "$y"
