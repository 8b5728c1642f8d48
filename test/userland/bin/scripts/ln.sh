# Hard links and symbolic ones.
echo one >a; mkdir d
ln a b; cat b; stat -c %h a; echo two >b; cat a; ln -s a s; cat s; ls -F s; ln -s none dangling; cat dangling; echo $?
ln a b; echo $?; ln -s a s; echo $?; ln none x; echo $?; ln d e; echo $?; ln; echo $?; ln -f a b; ln -sf b s; cat s
ln -s ../a d; ls d; cat d/a; ln a b d 2>&1; echo $?; ls d; cd d; ln -s ../b; cat b; cd ..
ln -v a v; ln -sv a sv; ln -s d ld; ln -s x ld; ls -F d; ln -sfn a ld; ls -F ld; ln a b nodir; echo $?
stat -c '%N %F' s sv
