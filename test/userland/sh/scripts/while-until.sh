# Loops, their statuses and what redirections do to them.
i=0
while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done
until [ $i -eq 0 ]; do i=$((i-1)); printf '%d ' $i; done; echo
while false; do :; done; echo $?
until true; do :; done; echo $?
while i=$((i+1)); [ $i -lt 4 ]; do (exit $i); done; echo $?
printf 'a\nb\nc\n' >f
while read x; do echo "<$x>"; done <f
n=0; while read x; do n=$((n+1)); done <f; echo $n
n=0; cat f | while read x; do n=$((n+1)); done; echo $n
while read x; do echo $x; done <f >g; cat g
