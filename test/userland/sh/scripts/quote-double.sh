# Expansions work between double quotes; splitting and patterns do not.
x='a   b *'
echo "$x" "${x}c" "\$x" "\`" "\"" "\\" "\a" "'$x'"
printf '<%s>\n' "$x" "" "$(echo 'p  q')" "`echo 'r  s'`" "$((1 + 2))"
echo "one\
two"
