# What is read only stays.
readonly r=1
echo $r
(r=2; echo no); echo $?
(unset r; echo no); echo $?
(readonly r=3; echo no); echo $?
(r=4 true; echo no); echo $?
(r=5 :; echo no); echo $?
(for r in a; do echo no; done); echo $?
(read r <<E
x
E
echo no); echo $?
(export r=6; echo no); echo $?
export r; sh -c 'echo $r; r=7; echo $r'
readonly s; (s=1; echo no); echo $?
readonly -p
(: ${t=1}; readonly t; : ${t:=2}; echo $t)
(readonly u; : ${u=2}; echo no); echo $?
f() { local r=local; echo $r; }; (f); echo $?
r=last
echo no
