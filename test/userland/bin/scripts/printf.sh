# The program, not the shell's own.
p=/bin/printf
$p 'plain\n'; $p '%s-%s\n' a b c; $p '%d %i %u %o %x %X %c\n' 42 -7 3 8 255 255 hello; $p '[%5d] [%-5d] [%05d] [%+d] [%5s] [%-5s] [%.2s]\n' 42 42 42 42 abc abc abc
$p '%b|%s\n' 'a\tb' 'a\tb'; $p '\101\t\\\n'; $p '%%\n'; $p '%5.2f %e %g\n' 3.14159 1234.5 0.0001; $p '%*d\n' 5 42; $p 'x\n' y z; $p '%s\n'; $p '%d\n'; $p 'a\cb'; echo
$p '%d\n' abc; echo $?; $p '%d\n' 12abc; echo $?; $p; echo $?; $p '%d\n' "'A"; $p '%x\n' -1; $p '%z\n'; echo $?; $p '%d\n' ''; echo $?
