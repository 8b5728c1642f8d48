# ${x-word} and its relatives, with and without the colon.
unset u; e=; s=set
echo "${u-d}" "${e-d}" "${s-d}" "${u:-d}" "${e:-d}" "${s:-d}"
echo "${u+a}" "${e+a}" "${s+a}" "[${u:+a}]" "[${e:+a}]" "${s:+a}"
echo "${u=v}" "$u" "${e=v}" "[$e]" "${e:=w}" "$e"
unset u
echo ${u-a b} "${u-a  b}" ${u-"a  b"} "${u-"a  b"}" ${u-'a  b'} "${u-'q'}"
echo ${u-$s} ${u-${v-${w-deep}}} ${u-$(echo cmd)} ${u-$((1+1))}
echo ${u:-} "${u:-}" ${u-\}} "${u-\}}" ${u-\$x}
set -- ${u-a 'b c' d}; echo $#
set -- ${u:+a b}; echo $#
set -- "${u:+a}"; echo $#
