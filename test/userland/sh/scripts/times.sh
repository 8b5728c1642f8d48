# times has two lines of two times.
times | wc -l
times | while read a b; do case $a$b in *m*s*m*s) echo ok;; *) echo "bad $a $b";; esac; done
