# How many loops they leave.
for i in 1 2 3; do for j in a b c; do
  [ $j = b ] && continue
  [ $i = 2 ] && continue 2
  [ $i = 3 ] && break 2
  echo $i$j
done; echo end $i; done
while :; do while :; do break 5; done; echo no; done; echo out $?
i=0; until [ $i -ge 5 ]; do i=$((i+1)); case $i in 2|4) continue;; esac; echo $i; done
for i in 1 2; do if true; then { break; }; fi; echo no; done
for i in 1 2; do (break); echo in a subshell $i; done
for i in 1 2; do eval break; echo no; done; echo $i
while :; do break; done && echo status of break $?
f() { break; echo in f; }; for i in 1 2; do f; echo after f; done
break; echo outside $?
