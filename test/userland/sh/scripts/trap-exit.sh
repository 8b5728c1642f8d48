# The last trap, whatever ends the shell.
trap 'echo one' EXIT
trap
(echo in a subshell)
trap 'echo two $?' EXIT
sh -c 'trap "echo inner" EXIT; exit 3'; echo $?
sh -c 'trap "echo inner; exit 5" EXIT; exit 3'; echo $?
sh -c 'trap "echo \$?" 0; false'; echo $?
sh -c 'trap "echo \$?" 0; nosuch' 2>/dev/null; echo $?
sh -c 'trap "echo e" EXIT; set -e; false; echo no'; echo $?
(trap 'echo sub' EXIT; exit 2); echo $?
f() { trap 'echo set in f' EXIT; }; f
x=$(trap 'echo at the end' EXIT; echo body); echo "$x"
exit 4
