# Output into input; the status is that of the last.
echo hello | cat
echo a b c | wc -w
printf '3\n1\n2\n' | cat | cat | cat
true | false; echo $?
false | true; echo $?
(exit 3) | (exit 4); echo $?
echo x | (read y; echo "got $y")
echo x | { read y; echo "got $y"; }
seq 5 | while read n; do echo $((n * n)); done
yes | { read a; read b; echo $a$b; }
echo one |
  cat |

  wc -l
x=0; echo 5 | read x; echo $x
echo a | cat - | tee f | cat; cat f
seq 1000 | wc -c
{ echo out; echo err >&2; } 2>&1 | wc -l
