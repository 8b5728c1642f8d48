# Copies of files and directories.
umask 022
echo one >a; echo two >b; mkdir d
cp a c; cat c; cp a b d; ls d; cp a d/x; cat d/x
cp none x; echo $?; cp a none/x; echo $?; cp; echo $?; cp a; echo $?; cp a b c; echo $?
cp d e; echo $?; cp -r d e; ls e; cp -r d e; ls e e/d
cp a a; echo $?; cp a ./a; echo $?; cp -v a v; cp -v a b d
echo old >n; cp -n a n; cat n; echo n | cp -i a n 2>/dev/null; cat n; echo y | cp -i a n 2>/dev/null; cat n
chmod 600 a; cp a m; stat -c %a m; chmod 755 a; cp a m2; stat -c %a m2; cp a m; stat -c %a m
touch -d @1000000000 a; cp -p a p; stat -c '%Y %a' p; cp a q; [ "$(stat -c %Y q)" -gt 1000000000 ] && echo new
ln -s a l; cp l followed; [ -L followed ] || echo a file; cp -R l kept; [ -L kept ] && echo a link; cp -a l kept2; ls -F kept2
mkfifo pipe; cp -R pipe pipe2; ls -F pipe2
cp -t d a b; ls d; cp -T a t; cat t; cp a d/; cp a t/; echo $?; cp d a; echo $?; cp -r d a; echo $?; cp a /dev/null
cp -r d d/in; echo $?
