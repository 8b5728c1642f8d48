# Data structures in variables and parameters.
push() { stack="$1${stack:+ $stack}"; }
pop() { top=${stack%% *}; case $stack in *' '*) stack=${stack#* };; *) stack=;; esac; }
for x in a b c; do push $x; done
echo $stack
pop; echo "$top [$stack]"; pop; echo "$top [$stack]"; pop; echo "$top [$stack]"
put() { eval "map_$1=\$2"; }
get() { eval "echo \"\${map_$1-none}\""; }
put k1 'value one'; put k2 v2
get k1; get k2; get k3
q=; for x in 1 2 3; do q="$q $x"; done; set -- $q
while [ $# -gt 0 ]; do echo "serve $1"; [ $1 = 2 ] && set -- "$@" again; shift; done
