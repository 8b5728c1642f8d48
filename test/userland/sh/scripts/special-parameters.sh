# $?, $#, $$, $!, $- and $0.
true; echo $?
false; echo $?
(exit 42); echo $?
case $$ in *[!0-9]*) echo bad;; ?*) echo pid;; esac
[ "$(echo $$)" = "$$" ] && echo same in a subshell
[ "$(sh -c 'echo $$')" = "$$" ] || echo other in another shell
true & [ -n "$!" ] && echo has a job
wait
echo "$-"
set -u; echo "$-"; set -ef; echo "$-"; set +uef; echo "[$-]"
echo "$0"
sh -c 'echo $0 $1 $#' name arg
