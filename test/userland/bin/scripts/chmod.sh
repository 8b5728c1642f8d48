# Modes in octal and in letters.
umask 022
: >f; m() { stat -c %a f; }
chmod 600 f; m; chmod u+x f; m; chmod go=r f; m; chmod a+w f; m; chmod o-rw f; m; chmod +x f; m; chmod -x f; m; chmod u=rw,g=r,o= f; m; chmod g=u f; m; chmod 4755 f; m; chmod u-s f; m; chmod g+s f; m; chmod 0644 f; m; chmod =r f; m; chmod a=rwx f; m; chmod -w f; m
mkdir d; : >d/x; chmod -R 700 d; stat -c '%a %n' d d/x; chmod +t d; stat -c %a d; chmod 755 none; echo $?; chmod; echo $?; chmod 644; echo $?; chmod zz f; echo $?; chmod 9 f; echo $?
