# How a shell ends, and with what.
(exit); echo $?
(false; exit); echo $?
(exit 3); echo $?
(exit 256); echo $?
(exit 300); echo $?
(exit abc); echo $?
(exit -1) 2>/dev/null; echo $?
sh -c 'exit 4'; echo $?
sh -c 'false'; echo $?
sh -c 'true; (exit 9)'; echo $?
f() { exit 5; }; (f; echo no); echo $?
x=$(exit 6); echo $?
echo a | (exit 7); echo $?
(exit 8) | cat; echo $?
if (exit 2); then :; else echo $?; fi
sh -c 'kill -9 $$'; echo $?
sh -c 'kill -TERM $$'; echo $?
{ exit 11; } | cat; echo $?
exit 12
