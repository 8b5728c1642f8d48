# Output of what runs in the background comes in the order of its sleeping.
(sleep 2; echo two) &
(sleep 1; echo one) &
echo zero
wait
{ (sleep 1; echo inner) & } ; echo outer; wait
x=$( (sleep 1; echo from the background) & echo at once); echo "$x"
(sleep 1 & wait; echo after) | cat
sleep 1 & sleep 1 & wait && echo both
i=3; while [ $i -gt 0 ]; do (sleep $i; printf '%s ' $i) & i=$((i - 1)); done; wait; echo
