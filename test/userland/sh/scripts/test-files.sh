# test on files.
t() { if test "$@"; then echo yes; else echo no; fi; }
echo x >f; : >empty
t -e f; t -e none; t -f f; t -f .; t -d .; t -d f; t -s f; t -s empty; t -r f; t -w f
t -h f; t -L none; t -p f; t -c /dev/null; t -b /dev/null; t -S f
t -f ./f -a -s ./f; t ! -e none; t -d /bin -a ! -f /bin
t f -ef ./f; t f -ef empty; t f -ef none
t -t 0; t -u f; t -g f; t -k f; t -O f; t -G f
t -f "$u"; t -f; t -e ''
