# What an error ends: a builtin, a subshell, or the script.
test 1 -eq x; echo "test $?"
cd /none; echo "cd $?"
(. ./none); echo "dot $?"
(shift 5); echo "shift $?"
(export 1=2); echo "export $?"
(x=$(:) ; unset -q); echo "unset $?"
(echo ${x?}); echo "expansion $?"
(readonly r=1; r=2); echo "readonly $?"
(eval 'if'); echo "eval $?"
(set -q); echo "set $?"
(return 2); echo "return $?"
(break); echo "break $?"
(echo >/none/x); echo "redirection $?"
(: >/none/x; echo no); echo "special $?"
(exec >/none/x; echo no); echo "exec $?"
nosuch; echo "search $?"
f() { cd /none; echo goes on; }; f
readonly r=1; r=2; echo not reached
