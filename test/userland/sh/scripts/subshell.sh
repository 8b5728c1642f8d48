# A subshell has copies of everything.
x=1
(x=2; echo $x); echo $x
(cd ..; echo ${PWD##*/}); echo ${PWD##*/}
(exit 9); echo $?
(set -- a b c; echo $#); echo $#
(f() { echo f; }; f); f 2>/dev/null || echo no f
(umask 077; umask); umask
((echo double); echo paren)
( ( echo spaced ) )
(echo a; echo b) | wc -l
(exit 1) && echo no || echo yes
(trap 'echo bye' EXIT; echo in)
echo a >f; (exec >g; echo b); cat f g
(return 3); echo $?
(set -e; false; echo no); echo $?
