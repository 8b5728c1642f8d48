# ${x?word} ends the subshell with a message.
(echo ${u?}; echo no); echo $?
(echo ${u:?}; echo no); echo $?
(echo ${u?is not there}; echo no); echo $?
e=
(echo "[${e?no}]"); echo $?
(echo ${e:?is empty}; echo no); echo $?
(echo ${1?first} ${9?ninth}); echo $?
x=ok; echo ${x?} ${x:?}
echo ${u?the end of it all}
echo not reached
