# Numbers in other bases.
tobase() {
  n=$1 d=
  while :; do
    r=$((n % $2)) n=$((n / $2))
    case $r in 10) r=a;; 11) r=b;; 12) r=c;; 13) r=d;; 14) r=e;; 15) r=f;; esac
    d=$r$d
    [ $n -eq 0 ] && break
  done
  echo $d
}
for n in 0 1 10 255 1000; do echo "$n: $(tobase $n 2) $(tobase $n 8) $(tobase $n 16)"; done
gcd() { a=$1 b=$2; while [ $b -ne 0 ]; do t=$((a % b)) a=$b b=$t; done; echo $a; }
gcd 48 36; gcd 17 5; gcd 0 9
pow() { r=1 i=0; while [ $((i += 1)) -le $2 ]; do r=$((r * $1)); done; echo $r; }
pow 2 10; pow 3 20; pow 2 62; pow 2 63; pow 2 64
collatz() { n=$1 s=0; until [ $n -eq 1 ]; do n=$((n % 2 ? 3 * n + 1 : n / 2)) s=$((s + 1)); done; echo $s; }
collatz 27
isqrt() { x=$1; while y=$(((x + $1 / x) / 2)); [ $y -lt $x ]; do x=$y; done; echo $x; }
isqrt 144; isqrt 1000000; isqrt 2
