# ${x%pattern} and its relatives.
p=/usr/local/lib/libx.so.1.2
echo ${p%.*} ${p%%.*} ${p#*/} ${p##*/}
echo ${p%/*} ${p%%/*}. ${p#/usr} ${p#nothing} ${p%nothing}
x=aaa; echo ${x#a} ${x##a} ${x#a*} ${x##a*}. ${x%a} ${x%%a*}.
x='a*b'; echo ${x%'*'*} "${x%'*b'}" ${x#"a*"} ${x%\**}
s='*'; echo "${x%$s}" "${x%%$s}" "${x%"$s"b}"
x=path/; echo ${x%/} ${x%%[!a-z]*}
f=name.tar.gz; base=${f%%.*} ext=${f#"$base"}; echo $base $ext
echo "${f%"${f#????}"}" ${f#????}
