# command takes from a special builtin that its errors end the shell.
command . ./none; echo $?
command shift 99; echo $?
command export 1a; echo $?
command eval 'if'; echo $?
x=old; x=new command :; echo $x
command exit 3
echo no
