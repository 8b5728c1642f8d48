# test and [ on strings and numbers.
t() { if test "$@"; then echo yes; else echo no "$?"; fi; }
t; t ''; t a; t -n ''; t -n a; t -z ''; t -z a
t a = a; t a = b; t a != b; t 'a b' = 'a b'; t '' = ''
t 1 -eq 1; t 1 -eq 01; t 1 -ne 2; t 2 -gt 1; t 1 -ge 2; t -1 -lt 0; t 5 -le 5
t ! a; t ! ''; t ! a = b; t a -a b; t a -a ''; t '' -o b; t ! '' -a a
t \( a \); t \( a = b \) -o c; t -n = -n; t = = =; t ! = !; t -f; t \(; t !
t a \< b; t b \> a
[ a = a ] && echo bracket; [ a = b ] || echo other
[ "$u" ]; echo $?; [ -n "$u" ]; echo $?; [ x"$u" = x ]; echo $?
