# Several on one line, in pipelines, loops, functions and substitutions.
cat <<A; cat <<B
a
A
b
B
{ cat; cat <&3; } <<A 3<<B
in
A
three
B
cat <<E | while read l; do echo "<$l>"; done
1
2
E
f() { cat <<E
f: $1
E
}
f x; f y
for i in 1 2; do cat <<E; done
i=$i
E
x=$(cat <<E
inside
E
)
echo "$x"
if cat <<E
cond
E
then echo yes; fi
while read a b; do echo "$b $a"; done <<E
one two
three four
E
cat <<E && echo after
and
E
