# From left to right, and after the words were expanded.
n=1
echo $n >f$n; cat f1
n=2 eval 'echo x >f$n'; cat f2
echo a 2>&1 >g | wc -c; cat g
x=$(echo side >&2) 2>h; echo "[$x]"
{ echo one; } >i; { echo two; } >>i; cat i
i=0; echo $((i+=1)) >j$((i+=1)); cat j2
f() { echo $1 >&$2; }; f to-one 1; f to-two 2 2>k; cat k
