# Scripts, their arguments, and what their first lines say.
echo 'echo "$0: $# $*"; exit 3' >s1
sh s1 a 'b c'; echo $?
sh ./s1; echo $?
sh -c 'echo "$0: $*"' name x y
sh -c 'echo "$0 $#"'
echo 'cat' >s2; echo input | sh s2
sh none; echo $?
sh -c; echo $?
sh -e -c 'false; echo no'; echo $?
sh -ec 'echo $-'
sh -u -c 'echo $u'; echo $?
sh -x -c 'echo a'
sh -n -c 'echo no'; echo $?
sh -Z -c 'echo no'; echo $?
sh -o errexit -c 'false; echo no'; echo $?
sh +e -c 'false; echo yes'
sh -s a b <<'E'
echo "stdin: $*"
E
echo 'echo piped $0' | sh
sh <<'E'
echo one
exit 4
echo no
E
echo $?
