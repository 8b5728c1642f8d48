# Other separators make empty fields, and blanks next to them belong to them.
show() { echo "$#:"; for i; do echo "<$i>"; done; }
IFS=:
x=a:b::c:; show $x
x=:a; show $x
x=::; show $x
IFS=' :'
x=' a : b  c:: d '; show $x
IFS=x; y=axbxc; show $y
show axb
IFS=; z='a b c'; show $z
unset IFS; show $z
IFS=' '; x='a	b c'; show $x
IFS='
'; x='one two
three'; show $x
