# Aliases stand for the first word, from the next line on.
alias ll='echo listing' say=echo
ll a b
say hi
alias two='echo one; echo'
two three
alias e='echo ' x=expanded
e x
alias rec='rec2 a' rec2='rec b'
rec 2>/dev/null; echo $?
alias if0='if true; then'
if0 echo keyword; fi
unalias ll; ll 2>/dev/null || echo gone
alias say; alias nosuch; echo $?
alias q='echo "quo ted"'; q
f() { say in f; }; f
alias loop='for i in 1 2; do echo $i;'
loop done
\say 2>/dev/null || echo quoted words are none
unalias -a; alias
alias now=echo; now 2>/dev/null || echo not on the same line
