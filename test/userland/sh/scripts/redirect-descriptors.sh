# Copies of descriptors, and closing them.
{ echo out; echo err >&2; } >f 2>&1; cat f
{ echo out; echo err >&2; } 2>&1 >g | cat; cat g
echo to three 3>h >&3; cat h
exec 4>i; echo four >&4; echo again >&4; exec 4>&-; cat i
(echo x >&4) 2>/dev/null; echo $?
exec 5<i; read a <&5; read b <&5; echo "$a, $b"; exec 5<&-
{ echo swapped >&2; echo normal; } 3>&1 1>&2 2>&3 3>&- | cat
exec 3>&1; x=$(echo kept; echo straight >&3); echo "[$x]"; exec 3>&-
cat <&- 2>/dev/null; echo $?
echo gone >&- 2>/dev/null; echo $?
f() { echo in f; echo err >&2; }; f >j 2>&1; cat j
exec 6>k 7>&6; echo six >&6; echo seven >&7; cat k
n=k; cat <$n
