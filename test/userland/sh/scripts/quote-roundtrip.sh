# Any text quoted so that eval gives it back.
quote() {
  s=$1 q=
  while :; do
    case $s in
    *\'*) q="$q${s%%\'*}'\\''" s=${s#*\'} ;;
    *) echo "'$q$s'"; return ;;
    esac
  done
}
for t in plain 'two words' "it's" '$x `y` \z' '"double"' '' "a
newline" "''" '*'; do
  q=$(quote "$t")
  eval "back=$q"
  [ "$back" = "$t" ] && echo "same: $q" || echo "other: $q"
done
set -- 'a b' "c'd" '$e'
saved=; for x; do saved="$saved $(quote "$x")"; done
set --; eval "set -- $saved"; echo $#; printf '<%s>\n' "$@"
