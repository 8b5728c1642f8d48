# Names and numbers of signals, and what is none.
trap 'echo hi' 10 INT 0 sigusr2
trap 'echo hi' HUP usr2
trap
trap - 0 10 2 12 HUP
trap 'echo x' 99; echo $?
trap 'echo x' NOSUCH; echo $?
kill -l 1; kill -l 9; kill -l 130
kill -l HUP 2>/dev/null; echo $?
trap
trap -- 'echo dash' EXIT
trap "echo 'quo\"ted'" INT; trap
trap INT; trap
