# eval reads its arguments again as commands.
x='echo hello'; eval $x
y=x; eval z=\$$y; echo $z
eval 'a=1; b=2'; echo $a$b
eval "echo \"a  b\"" 'echo c'
eval; echo $?
eval ''; echo $?
eval 'exit_status() { return 5; }'; exit_status; echo $?
eval false; echo $?
for v in p q; do eval "$v=val_$v"; done; echo $p $q
eval 'for i in 1 2; do
echo $i
done'
eval "$(echo 'echo from a substitution')"
eval '(exit 3)'; echo $?
n=3; eval "set -- $(seq -s ' ' $n)"; echo $# $3
eval 'if true; then echo yes; fi' && echo ok
eval eval eval echo thrice
