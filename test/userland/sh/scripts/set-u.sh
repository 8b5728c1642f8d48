# set -u: what is unset is an error.
set -u
x=set
echo "$x" "${u-default}" "${u:-d}" "${u+alt}" "$#" "$@" $*
(echo $u; echo no); echo $?
(echo ${#u}; echo no); echo $?
(echo ${u%x}; echo no); echo $?
(echo $9; echo no); echo $?
(echo "${u}"; echo no); echo $?
(y=$u; echo no); echo $?
(echo $((u)); echo no); echo $?
(set +u; echo "[$u]"); echo $?
set --
echo "[$@]" "[$*]"
echo $u
echo not reached
