# To files, from files, and behind what is there.
echo one >f; cat f
echo two >>f; cat <f
cat <f >g; cat g
>empty; wc -c <empty
echo "x" > "with blank"; cat with\ blank
<f cat
>h echo first; cat h
echo a b >i c; cat i
cat f - <g
: >f; cat f; echo $?
echo 1 >j >k; cat j; cat k
