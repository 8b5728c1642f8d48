# ${#x}
x=hello e=
echo ${#x} ${#e} ${#u} ${#} ${#1} ${#2}
x='a b
c'; echo ${#x}
echo ${#?} ${#0}
set -- 1 22 333; echo ${#} ${#3} $#
echo "${#x}x" $((${#x} + 1))
