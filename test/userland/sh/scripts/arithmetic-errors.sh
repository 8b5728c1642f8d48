# Each ends its subshell with status 2 and says what is wrong.
(echo $((1/0))); echo $?
(echo $((1%0))); echo $?
(echo $((1+))); echo $?
(echo $((1 2))); echo $?
(echo $((08))); echo $?
(echo $(((1))); echo $?
