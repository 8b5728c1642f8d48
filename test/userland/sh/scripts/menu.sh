# A loop that takes commands from its input, with functions for them.
do_add() { items="$items${items:+,}$1"; }
do_list() { IFS=,; n=0; for i in $items; do n=$((n + 1)); echo "$n) $i"; done; unset IFS; }
do_count() { IFS=,; set -- $items; unset IFS; echo $#; }
items=
while read -r cmd arg; do
  case $cmd in
  '' | \#*) continue ;;
  add) do_add "$arg" ;;
  list | count) do_$cmd ;;
  quit) break ;;
  *) echo "unknown: $cmd" >&2 ;;
  esac
done <<'E'
# a comment
add milk
add bread and butter

list
frobnicate x
count
quit
add never
E
echo "left: $items"
