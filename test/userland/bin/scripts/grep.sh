# Lines in which something is found.
printf 'one\ntwo\nThree\nfour 4\n\nfive.five\n' >f; printf 'alpha\nbeta\n' >g
grep o f; echo $?; grep nothing f; echo $?; grep -i three f; grep -v o f; grep -n t f; grep -c o f; grep -c o f g; grep -l a f g; grep -L a f g
grep -q one f; echo $?; grep a f g; grep -h a f g; grep -H one f; grep '^t' f; grep 'e$' f; grep '^$' -n f; grep . f | wc -l; grep 'f.*e' f; grep '[A-Z]' f; grep '[^a-z]' f
grep -x two f; grep -x tw f; echo $?; grep -w five f; grep -w our f; echo $?; grep -F . f; grep -F five.five f; grep -e one -e two f; printf 'one\nfour' >p; grep -f p f; grep 'one
two' f
grep -E 'one|two' f; grep 'one\|two' f; grep -E 'o+' f; grep 'o\+' f; grep -E '(fi)ve.\1' f; grep '\(fi\)ve.\1' f; grep -E '^.{3}$' f; grep '^.\{3\}$' f; grep -E 'fours?' f; grep '[[:digit:]]' f; grep '[[:upper:]]h' f
grep none none; echo $?; grep -s x none; echo $?; grep; echo $?; grep -o 'i.e' f; grep -on 'o' f; grep -m 1 o f; grep -A 1 one f; grep -B 1 two f; grep -C 1 Three f; grep -A1 -n '^t\|five' f
grep 'a*' g; grep '*' f; echo $?; grep -E 'a{2}' g; echo $?; grep 'x\{1' f; echo $?; grep '\(' f; echo $?; grep '[' f; echo $?; mkdir d; echo deep >d/x; grep -r deep d; grep deep d; echo $?
printf 'a.b\naxb\n' | grep 'a\.b'; printf 'word words\n' | grep -ow 'word'; echo 'x+y' | grep 'x+y'; echo 'x+y' | grep -E 'x\+y'; echo 'a|b' | grep 'a|b'; echo '^a' | grep '\^a'; echo 'a^b$c' | grep 'a^b$c'; echo 'tab	x' | grep '	'; grep -vc e f; grep -vn e f; echo 'foo bar' | grep '\<bar\>'; echo foobar | grep '\bbar'; echo $?
