echo 'echo script $0 $*' >s; sh s a b
./s; echo $?
/; echo $?
./.; echo $?
PATH=/nowhere; cat f; echo $?
PATH=/bin; echo x | cat
PATH=; cat /dev/null; echo $?
PATH=/bin:/none; cat /dev/null; echo $?
"" ; echo $?
$u; echo $?
$u echo one
x='echo two'; $x
x=nosuch2; $x; echo $?
cat() { echo my cat; }; cat; command cat /dev/null; unset -f cat; cat /dev/null; echo $?
echo() { printf 'my %s\n' "$*"; }; echo a; command echo b; unset -f echo; echo c
