# Assignments before a command are for it alone, unless it is a special builtin.
x=global
x=for-sh sh -c 'echo $x'; echo $x
f() { echo $x; x=in-f; }; x=for-f f; echo $x
x=kept :; echo $x
x=again export y=1; echo $x
x=not-kept true; echo $x
x=ev eval 'echo $x'; echo $x
a=1 b=$a sh -c 'echo $a $b'
IFS=: read p q <<E
one:two
E
echo $p $q "${IFS-unset}" | wc -l
HOME=/h sh -c 'echo ~'
x=sub y=$(echo $x) sh -c 'echo $x $y'
