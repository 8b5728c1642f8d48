# Other names for files.
echo one >a; echo two >b; mkdir d e
mv a c; cat c; ls a; mv c d; ls d; mv d/c b; cat b; mv -v b d
mv none x; echo $?; mv; echo $?; mv d; echo $?; mv d/b none/x; echo $?
mv d f; ls f; mv f e; ls e e/f; mv e/f/b .; cat b
echo new >n; echo n | mv -i n b 2>/dev/null; cat b; mv -n n b; cat b; mv -f n b; cat b
mv b b; echo $?; mkdir g; echo x >g/x; mv g e; ls e/g; mkdir h; mv h b; echo $?; echo y >y; mv y h b; echo $?
mv e e/in; echo $?; mv -t h y b; ls h; mv h/y h/b .; mv -T h k; ls -d k
ln -s none l; mv l l2; ls -F l2
