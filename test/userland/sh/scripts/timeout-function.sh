# A command that takes too long is ended.
limit() {
  s=$1; shift
  "$@" & c=$!
  (sleep $s; kill $c) 2>/dev/null & w=$!
  wait $c; r=$?
  kill $w 2>/dev/null
  return $r
}
limit 2 true; echo $?
limit 2 sh -c 'exit 3'; echo $?
limit 1 sleep 5; echo $?
limit 3 sleep 1; echo $?
