mkdir d
cd d
for i in a bb ccc dddd eeeee ffffff ggggggg hhhhhhhh iiiiiiiii jjjjjjjjjj k l m n o p; do echo $i >$i; done
mkdir sub .hid
ln -s a zlink
cd ..
for w in 1 2 3 5 10 20 30 31 40 41 50 60 79 80 81 100 130 131 200 0; do
  echo "== $w"
  ls -C -w $w d
  ls -x -w $w d
  ls -m -w $w d
done
ls -C d; ls -x d; ls -m d; ls -CF d; ls -aC d; ls -AC d; ls -rC d; ls -pxr d
ls -Cs d; ls -xs d/a d/bb; ls -ms d
ls -C1 d | head -n 2
ls -1C d | head -n 2
ls -lC d/a
ls -C1l d/a | while read -r m n o; do echo "$m $n"; done
ls -l1 d/a | while read -r m n o; do echo "$m $n"; done
ls -CR d; ls -C d/a d/bb d; ls -xd d d/sub; ls -C d/.hid
COLUMNS=50 ls -C d; COLUMNS=x ls -C d; COLUMNS=0 ls -C d; COLUMNS=50 ls -C -w 30 d
ls -C /nonexist d/a; echo "status $?"
ls -w x d; echo "status $?"
head -c 2000 /dev/zero >k2; head -c 10000 /dev/zero >k10; head -c 1048577 /dev/zero >m1
head -c 999 /dev/zero >b999; head -c 1024 /dev/zero >k1; head -c 1025 /dev/zero >k1x; : >none
head -c 10189 /dev/zero >k99; head -c 10190 /dev/zero >k99x; head -c 1048064 /dev/zero >k1023; head -c 1048065 /dev/zero >k1024
ls -lh k2 k10 m1 b999 k1 k1x none k99 k99x k1023 k1024 | while read -r a b c d e f; do echo "$e"; done
ls -sh k2 m1; ls -lh d | head -n 1; ls --human-readable -s k2; ls -1h k2
