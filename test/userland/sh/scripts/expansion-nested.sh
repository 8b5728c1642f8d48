# Expansions in expansions.
a=b b=c x=xyz
echo ${a:-${b:-d}} ${u:-${a}${b}} ${u:-"$a $b"} "${u:-"$(echo "in $a")"}"
eval echo \${$a} \$$a
v=x; eval "echo \${#$v} \${$v%z}"
echo "$(echo "$(echo "$(echo deep)")")"
echo `echo \`echo \\\`echo old\\\`\``
echo $(( $(echo 1) + ${n:-2} + `echo 3` ))
echo "${x#"${x%?}"}" "${x%"${x#?}"}"
