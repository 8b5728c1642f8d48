# Arguments from input.
echo a b c | xargs; echo 'a  b' | xargs /bin/echo x; printf 'a\nb c\nd\n' | xargs -n 1 echo; seq 5 | xargs -n 2; printf 'a b\nc\n' | xargs -L 1 echo l:
printf 'one two\nthree\n' | xargs -I X echo '<X>' X; printf 'p q\0r\0' | xargs -0 -n 1 echo; echo '"a b" c\ d '"'e f'" | xargs -n 1 echo; printf 'a,b,c' | xargs -d , echo
: | xargs echo none; : | xargs -r echo none; echo x | xargs -t echo; echo x | xargs false; echo $?; echo x | xargs nosuch; echo $?; echo x | xargs sh -c 'exit 255'; echo $?; echo x | xargs sh -c 'exit 3'; echo $?; echo x | xargs sh -c 'kill -9 $$'; echo $?
echo "it's" | xargs echo; echo $?; seq 100 | xargs | wc; seq 2000 | xargs echo | wc -w; echo 'a b c' | xargs sh -c 'echo $# $0 $1'; printf 'in\n' >f; xargs -a f echo; seq 3 | xargs -n1 sh -c 'echo "[$0]"'; echo x | xargs cat; echo $?
