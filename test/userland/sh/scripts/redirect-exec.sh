# exec with redirections only changes the shell's own.
echo in >f
exec 3<f
read x <&3; echo $x
exec 3<&-
exec 4>&1 >g
echo into g
exec >&4 4>&-
cat g
exec 2>h; nosuchcommand; echo x >&2; exec 2>&1
cat h
exec <f; read y; echo $y; read y || echo end
(exec >i; echo i); cat i
exec 9>j; echo j >&9; cat j
