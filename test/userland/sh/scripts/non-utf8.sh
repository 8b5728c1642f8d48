# Bytes that are no UTF-8 stay what they are.
x=$(printf '\377\376a\200'); echo ${#x}
printf '%s' "$x" | wc -c
echo "$x" >f; cat f; wc -c <f
y=$(cat f); [ "$x" = "$y" ] && echo same
case $x in *a?) echo matched;; esac
set -- "$x" "$y"; printf '%s\n' "$@" | wc -c
u='häß'; echo ${#u} $u; echo ${u#h} | wc -c
sh -c 'printf "%s" "$1" | wc -c' sh "$x"
export x; sh -c 'printf "%s" "$x" | wc -c'
printf '\001\177\240' | { read z; echo ${#z}; }
: >"$(printf 'n\351')"; for f in n*; do printf '%s' "$f" | wc -c; done
