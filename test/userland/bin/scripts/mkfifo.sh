# Named pipes.
umask 022
mkfifo p q; ls -F; stat -c '%F %a' p; mkfifo p; echo $?; mkfifo; echo $?; mkfifo -m 600 m; stat -c %a m; mkfifo none/x; echo $?
echo through >p & cat p; wait; (cat p; cat q) & echo 1 >p; echo 2 >q; wait; cat <p | wc -l & seq 3 >p; wait; exec 3<>p; echo both >&3; read x <&3; echo $x
