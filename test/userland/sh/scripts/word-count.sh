# A histogram of words.
text='the cat and the dog and the bird'
seen=
for w in $text; do
  case " $seen " in
  *" $w "*) ;;
  *) seen="$seen $w" ;;
  esac
done
for w in $seen; do
  n=0
  for v in $text; do [ $v = $w ] && n=$((n + 1)); done
  bar=; i=0; while [ $i -lt $n ]; do bar=$bar#; i=$((i + 1)); done
  printf '%-5s %d %s\n' $w $n $bar
done
set -- $text; echo $# words
longest=; for w; do [ ${#w} -gt ${#longest} ] && longest=$w; done; echo $longest
