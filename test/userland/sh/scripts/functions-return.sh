# return ends the function, from however deep.
f() { while :; do for i in 1 2; do if true; then return 3; fi; done; done; echo no; }
f; echo $?
g() { true; return; }; g; echo $?
h() { false; return; }; h; echo $?
i() { (return 4); echo $?; }; i
j() { { return 6; }; }; j; echo $?
k() { eval 'return 7'; echo no; }; k; echo $?
l() { case x in x) return 8;; esac; }; l; echo $?
m() { return 300; }; m; echo $?
n() { l; return $(($? + 1)); }; n; echo $?
o() { return 1 && echo no || echo no; }; o; echo $?
echo a | while read x; do f; echo $?; done
