# Lines in order.
printf 'b\na\nC\nB\n10\n9\n\n' >f
sort f; sort -r f; sort -f f; sort -n f; sort -u f f; sort <f | head -n 2
printf '10\n9\n-3\n2.5\n  7\nx\n1e3\n' | sort -n; printf '3 b\n1 c\n2 a\n' >k; sort -k 2 k; sort -k 1,1n k; sort -k2,2r k; sort -rn k
printf 'x:3:a\ny:1:b\nz:2:a\n' >t; sort -t: -k2 t; sort -t : -k 3,3 -k 2,2nr t; sort -t: -k3,3 -s t; sort -t: -u -k3,3 t
printf 'a 10\na 9\nb 1\n' | sort -k1,1 -k2,2n; printf ' b\na\n  c\n' | sort; printf ' b\na\n  c\n' | sort -b
sort -c f; echo $?; sort -c g 2>/dev/null; echo $?; seq 5 | sort -c; echo $?; printf '1\n1\n' | sort -cu; echo $?; sort -o f f; head -n 3 f
sort none; echo $?; sort -k 0 f; echo $?; printf 'no newline' | sort; sort -m f f | head -n 4; printf 'ab\nAB\nAa\n' | sort -f; printf 'ab\nAB\n' | sort -fs
printf 'a1\na10\na2\n' | sort -k1.2n; printf 'b-a\nba\nb_c\n' | sort -d; seq 12 | sort | head -n 3; sort k t | wc -l
