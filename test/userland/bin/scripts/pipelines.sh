# The programs together.
umask 022
for i in 3 1 2; do echo "line $i" >f$i; done
cat f* | sort -r | head -n 2 | tail -n 1; ls | grep f | xargs cat | sort -u | wc -l
mkdir -p a/b; cp f1 a; mv f2 a/b; ls -R a; rm -r a/b; ls a; seq 100 | grep 7 | sort -rn | head -n 3; ls -l f1 | grep -c '^-rw-r--r--'
grep -l 'line [13]' f* | while read x; do mv $x $x.bak; done; ls; tail -n 1 f*.bak; seq 10 | tee t | tail -n +9; head -c 4 t | hexdump -C; test -s t && echo full; date -u -d @0 +%Y | xargs -I Y echo year Y; touch -d @0 z; ls -l z; ln -s f1.bak l; cat l; stat -c %s l
