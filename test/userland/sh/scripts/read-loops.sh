# Loops that read files side by side.
printf '1\n2\n3\n' >nums; printf 'one\ntwo\nthree\nfour\n' >words
while read n <&3 && read w <&4; do echo "$n=$w"; done 3<nums 4<words
exec 5<words; while read w <&5; do [ $w = two ] && break; done; read w <&5; echo "next: $w"; exec 5<&-
while read n; do while read w; do echo $n$w; break; done <words; done <nums
{ read a; { read b; echo "$a$b"; }; cat; } <words
n=0; while read x || [ -n "$x" ]; do n=$((n+1)); done <<E
a
b
E
echo $n; printf 'p\nq' | { n=0; while read x || [ -n "$x" ]; do n=$((n+1)); done; echo $n; }
while read -r k v; do case $k in t*) echo "$k/$v";; esac; done <<E
two 2
three 3 and more
one 1
E
