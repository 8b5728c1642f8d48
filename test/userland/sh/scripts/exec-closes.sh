# What exec closes or replaces is nobody's any more: who reads a pipe comes to its end.
mkfifo pipe
exec 8<>pipe 7<pipe
echo one >pipe
exec 8>&-
cat <&7
exec 8<>pipe 7<pipe
echo two >pipe
exec 8</dev/null
cat <&7
echo done
