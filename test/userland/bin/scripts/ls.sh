# Names, kinds and details of files.
umask 022
mkdir d d/sub; echo hello >d/f; : >d/.hidden; ln -s f d/link; mkfifo d/pipe; echo x >d/run; chmod 755 d/run
ls; ls d; ls -a d; ls -A d; ls -F d; ls -p d; ls -r d; ls -1 d/f d/run
ls -d d; ls d/f none; echo $?; ls none none2; echo $?
touch -d '2001-02-03 04:05:06' d/f; touch -d '2010-12-31 23:59:59' d/run; touch -h 2>/dev/null
ls -t d | head -2 >/dev/null; ls -tr d/f d/run; ls -S d/f d/run d/.hidden; ls -Sr d/f d/run
ls -l d/f d/run; ls -ld d/f; ls -n d/f; ls -g d/f; ls -o d/f; ls -lF d/f d/run
ls -l /dev/null | while read m n o g rest; do echo $m $n $o $g; done
chmod 4751 d/run; ls -l d/run; chmod 1777 d/sub; ls -ld d/sub | while read m rest; do echo $m; done
chmod 640 d/f; ls -l d/f; chmod 6644 d/f; ls -l d/f
ls -R d; ls -R d/sub; ls d d/sub; ls -s d/f d/.hidden
ls -l /proc/self/fd 2>&1 >/dev/null | wc -l; ls -l /proc/self/fd/ >/dev/null; echo $?; ls -l /proc/self/fd | while read m n o g s mon d t name arrow to; do case $to in /proc/*/fd) echo itself $m;; esac; done; ls -y; echo $?
ls -L d/link; ls -l d/link | while read m n o g s rest; do echo $m $n $s ${rest##* ->}; done
mkdir old; echo 1 >old/a; echo 12345678901 >old/bb; touch -d @1000000000 old/a old/bb; ls -l old; ls -la old | wc -l
