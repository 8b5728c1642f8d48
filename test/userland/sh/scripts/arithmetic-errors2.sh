(x=abc; echo $((x))); echo $?
(x=1x; echo $((x+1))); echo $?
(echo $((1+*2))); echo $?
(echo $((@))); echo $?
(echo $((1,2))); echo $?
(echo $((1?2))); echo $?
(echo $((5=3))); echo $?
(readonly r=1; echo $((r=2)); echo no); echo $?
echo $((1/0)) ends the script
echo not reached
