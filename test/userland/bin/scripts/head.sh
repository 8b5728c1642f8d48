# The beginnings of files.
seq 20 >f; seq 3 >g
head f; head -n 3 f; head -n 3 <f; seq 5 | head -n2; head -c 7 f; echo; head -n -17 f; head -c -48 f | wc -c
head -n 2 f g; head -q -n 1 f g; head -v -n 1 g; head -n 0 f; head -n 1 none g; echo $?; head -n x f; echo $?; head -c 1x f; echo $?
printf 'no newline' | head -n 1; echo; printf 'a\nb' | head -n 5; echo; head -n 1 - <g; head -n 1 . ; echo $?
yes | head -n 2; head -c 2k f | wc -c; head -Z; echo $?; head --lines=2 f
