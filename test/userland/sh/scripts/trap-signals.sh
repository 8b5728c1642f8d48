# Signals are taken between commands.
trap 'echo USR1' USR1
kill -USR1 $$
echo after
trap 'echo usr2 $?; false' USR2
(exit 7); kill -s USR2 $$; echo $?
trap 'echo both' INT TERM
kill -INT $$; kill -TERM $$
trap - INT TERM USR1
trap
trap 'x=changed' HUP; x=old; kill -HUP $$; echo $x
trap '' USR1; kill -USR1 $$; echo ignored
trap; trap - USR1 USR2 HUP
f() { kill -USR1 $$; echo in f; }; trap 'echo during f' USR1; f
for i in 1 2; do kill -USR1 $$; echo $i; done
trap 'trap - USR1; echo once' USR1; kill -USR1 $$; trap
