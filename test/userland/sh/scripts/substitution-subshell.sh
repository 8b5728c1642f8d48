# What a substitution changes it keeps to itself.
x=1; y=$(x=2; echo $x); echo $x $y
cd ..; z=$(cd work; pwd); echo ${z##*/} ${PWD##*/}
f() { x=$((x + 1)); echo f$x; }
echo $(f) $(f) $x
v=$(f; f; echo $x); echo $v $x
set -- a b; w=$(shift; echo $1); echo $w $1
