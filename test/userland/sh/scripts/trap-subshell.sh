# Subshells forget traps, but keep what is ignored.
trap 'echo parent' USR1
trap '' USR2
(trap; echo none of mine)
(kill -USR2 $$; echo alive)
sh -c 'kill -USR2 $$; echo still alive'
sh -c 'trap "echo no" USR2; kill -USR2 $$; echo cannot be trapped'
sh -c 'kill -USR1 $$; echo no'; echo $?
x=$(trap 'echo in sub' TERM; sh -c 'kill -TERM $PPID'; echo end); echo "$x"
kill -USR1 $$
trap 'echo exit' EXIT
(exit 3)
echo $?
