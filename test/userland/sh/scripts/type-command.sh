# What names stand for.
f() { :; }
alias al='echo x'
type f al if cat cd export nosuch; echo $?
command -v f al if cat cd nosuch; echo $?
for n in f al if cat cd export nosuch; do command -v $n; echo $?; done
for n in f al if cat cd export nosuch; do command -V $n; echo $?; done
command echo a b
command -p cat /dev/null; echo $?
command; echo $?
command nosuch; echo $?
cd() { echo my cd; }; cd; command cd /; unset -f cd
command -v /bin/cat ./none; echo $?
command eval 'echo evaluated'
command false; echo $?
command . /dev/null; echo $?
