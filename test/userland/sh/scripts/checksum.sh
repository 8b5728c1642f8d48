# A hash of bytes, by printf and arithmetic.
hash() {
  s=$1 h=5381
  while [ -n "$s" ]; do
    c=$(printf '%d' "'$s")
    h=$(((h * 33 + c) & 0xffffffff))
    s=${s#?}
  done
  printf '%08x  %s\n' $h "$1"
}
hash ''; hash a; hash hello; hash 'hello world'; hash "it's"
crc() { v=$1 i=0; while [ $i -lt 8 ]; do v=$((v & 1 ? (v >> 1) ^ 0xEDB88320 : v >> 1)) i=$((i + 1)); done; printf '%x\n' $v; }
crc 1; crc 255
luhn() { n=$1 sum=0 k=0; while [ -n "$n" ]; do d=${n#"${n%?}"} n=${n%?}; [ $k = 1 ] && d=$((d * 2)) && [ $d -gt 9 ] && d=$((d - 9)); sum=$((sum + d)) k=$((1 - k)); done; [ $((sum % 10)) -eq 0 ]; }
luhn 4539578763621486 && echo valid; luhn 4539578763621487 || echo invalid
