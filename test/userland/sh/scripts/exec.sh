# exec becomes a program.
(exec echo replaced; echo no)
(exec sh -c 'echo in sh; exit 3'); echo $?
(exec nosuchprogram); echo $?
(exec ./none; echo no); echo $?
(exec /; echo no); echo $?
sh -c 'echo $$; exec sh -c "echo \$\$"' | { read a; read b; [ $a = $b ] && echo same process; }
(trap 'echo no trap' EXIT; exec true); echo $?
(x=1 exec sh -c 'echo $x')
exec echo the end
echo no
