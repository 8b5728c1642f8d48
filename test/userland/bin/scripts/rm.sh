# Files and directories go.
echo x >a; echo y >b; mkdir -p d/e/f empty; echo z >d/z
rm a; ls; rm a; echo $?; rm -f a; echo $?; rm; echo $?; rm -f; echo $?
rm d; echo $?; rm -d empty; echo $?; rm -d d; echo $?; rm -r d; echo $?; ls
mkdir d; : >d/x; rm -rv d; rm -v b; rm -r .; echo $?; rm -r ..; echo $?
echo q >q; echo n | rm -i q 2>/dev/null; ls; echo y | rm -i q 2>/dev/null; ls
ln -s none l; rm l; mkdir t; ln -s t tl; rm -r tl; ls; rm -rf none t; ls
rm none other; echo $?; : >-x; rm ./-x; : >-y; rm -- -y; ls; rm -Z; echo $?
