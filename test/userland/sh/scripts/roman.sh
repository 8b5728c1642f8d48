# Numbers in Roman figures, and back.
roman() {
  n=$1 out=
  while read v s; do
    while [ $n -ge $v ]; do out=$out$s n=$((n - v)); done
  done <<-E
	1000 M
	900 CM
	500 D
	400 CD
	100 C
	90 XC
	50 L
	40 XL
	10 X
	9 IX
	5 V
	4 IV
	1 I
	E
  echo $out
}
arabic() {
  r=$1 t=0 p=0
  while [ -n "$r" ]; do
    case $r in
    M*) v=1000 ;; D*) v=500 ;; C*) v=100 ;; L*) v=50 ;;
    X*) v=10 ;; V*) v=5 ;; I*) v=1 ;; *) echo "bad $r"; return 1 ;;
    esac
    [ $p -ne 0 ] && [ $p -lt $v ] && t=$((t - 2 * p))
    t=$((t + v)) p=$v r=${r#?}
  done
  echo $t
}
for n in 1 4 9 14 40 90 400 1994 2009 3999; do r=$(roman $n); echo $n $r $(arabic $r); done
arabic XIZ; echo $?
