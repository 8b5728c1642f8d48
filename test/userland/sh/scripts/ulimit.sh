ulimit -n 100; ulimit -n; ulimit -Hn; ulimit -Sn
ulimit -S -n 50; ulimit -n; ulimit -Hn
ulimit -H -n 80; ulimit -n; ulimit -Hn
ulimit -f 1000; ulimit; ulimit -f
ulimit -v 100000000; ulimit -v
ulimit -c 0; ulimit -c
ulimit -t 5000; ulimit -t; ulimit -S -t unlimited || echo no
ulimit -s 8192; ulimit -s; ulimit -sn; ulimit -n -s
ulimit -- 900 ; ulimit -f
ulimit -d 20000; ulimit -m 30000; ulimit -l 64; ulimit -p 4000; ulimit -w 10; ulimit -r 0
ulimit -a
ulimit -aH | while read -r line; do echo "$line"; break; done
ulimit -Sa | while read -r line; do echo "$line"; break; done
(ulimit -x); echo "status $?"
(ulimit -f 10 20); echo "status $?"
(ulimit -a 5); echo "status $?"
(ulimit foo); echo "status $?"
(ulimit -n 1.5); echo "status $?"
(ulimit -n -5); echo "status $?"
(ulimit -S -n 90); echo "status $?"
(ulimit -n 60; ulimit -n; ulimit -Hn)
type ulimit
