# A sieve in the positional parameters.
n=2
found=
while [ $n -le 60 ]; do
  prime=yes
  for p in $found; do
    [ $((p * p)) -gt $n ] && break
    if [ $((n % p)) -eq 0 ]; then
      prime=no
      break
    fi
  done
  [ $prime = yes ] && found="$found $n"
  n=$((n + 1))
done
echo $found
set -- $found
echo $# of them, the last being $(eval echo \${$#})
