# What is known of files.
umask 022
echo hello >f; mkdir d; ln -s f l; : >e; mkfifo p; chmod 640 f; touch -d @1000000000 f
stat -c '%n %s %a %A %F %h %u %U %g %G %f' f e d p l; stat -c '%x|%y' f; stat -c '%X %Y' f; stat -L -c '%F %s' l; stat -c %N l f; stat none; echo $?; stat; echo $?; stat -c '%b %B %o' f e; stat -c '[%5s] [%-5s] [%05s] %%' f; stat -c '%t %T %F' /dev/null
stat f | head -n 2; stat f | while read a rest; do echo $a; done; stat l | head -n 1
chmod 4755 f; stat -c '%a %A' f; chmod 1777 d; stat -c '%a %A' d
