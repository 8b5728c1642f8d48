# Times of files.
touch a b; ls; stat -c '%s %F' a; touch -c none; ls; touch none/x; echo $?; touch; echo $?
touch -d @1000000000 a; stat -c '%X %Y' a; touch -d '2020-01-02 03:04:05' a; stat -c '%y' a; touch -d '2020-06-07' a; stat -c '%y' a
touch -a -d @5 a; stat -c '%X %Y' a; touch -m -d @6 a; stat -c '%X %Y' a; touch -r a b; stat -c '%X %Y' b
touch -t 200102030405.06 a; stat -c %y a; touch -t 0102030405 a; stat -c %y a; touch -d nonsense a; echo $?; touch -t 99 a; echo $?
echo keep >k; touch k; cat k; touch -r none k; echo $?; touch -d '2020-02-30' a; echo $?; touch -d @1.5 a; stat -c '%.0Y' a | head -0
