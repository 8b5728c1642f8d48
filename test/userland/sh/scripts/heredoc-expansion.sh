# What is expanded in a document, and what quotes are there.
set -- 'a b' c
cat <<E
$1 $@ $* $# "$@" ${1#a} ${u:-"def"} ${u-it's} ${#1}
$(cat <<I
inner $1
I
)
`echo "x y"`
\`not\` \${1} $ $. a$ \
joined
*
~
E
cat <<E
${u:-multi
line}
E
