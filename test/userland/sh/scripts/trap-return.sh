# return in a trap leaves the function, exit the shell.
trap 'echo hup; return 3' HUP
f() { kill -HUP $$; echo no; }
f; echo $?
trap 'echo term; exit 6' TERM
g() { kill -TERM $$; echo no; }
trap 'echo at exit $?' EXIT
g
echo not reached
