# The program, by both of its names.
t() { /bin/test "$@"; echo $?; }
echo x >f; : >e; mkdir d
t; t a; t ''; t -n a; t -z a; t a = a; t a != a; t 1 -eq 1; t 2 -lt 1; t -f f; t -d f; t -s e; t -e none; t ! a; t a -a ''; t '' -o b; t \( a \); t -r f; t f -ef f; t -d d -a -f f
/bin/[ a = a ]; echo $?; /bin/[ a = b ]; echo $?; t 1 -eq x 2>/dev/null; t a b 2>/dev/null; /bin/[ a 2>/dev/null; echo $?; t -5 -lt 3; t 007 -eq 7
touch -d @1 old; touch -d @2 new; t new -nt old; t old -nt new; t old -ot new
