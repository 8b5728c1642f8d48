# What test does not understand.
test a b; echo $?
test a b c; echo $?
test 1 -eq x; echo $?
test 1 -eq ''; echo $?
test a = ; echo $?
[ a; echo $?
[ ; echo $?
test \( a; echo $?
test a -eq; echo $?
test 1 -xx 2; echo $?
test a = b c; echo $?
test ' 5 ' -eq 5; echo $?
