# Patterns in every part of a path.
mk() { cd .. && cd work; }
d=$PWD
for n in one two; do
  (umask 022; exec 3>/dev/null; cd . )
done
: >f1; : >f2
echo ./* ./f? ../work/f* "$d"/f1 | wc -w
echo ../w*/f1 ../*/f2
echo ../*k/*1 ..//work/*2
cd ..; echo work/* w*/f? */f1
echo none/* */none
echo /b[i]n/sh /bin/s[h]
