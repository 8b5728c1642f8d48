# The builtin printf.
printf 'plain\n'
printf '%s-%s\n' a b c d e
printf '%d %i %u\n' 42 -7 3
printf '[%5d] [%-5d] [%05d] [%+d] [% d]\n' 42 42 42 42 42
printf '[%5s] [%-5s] [%.2s] [%5.1s]\n' abc abc abc abc
printf '%x %X %o %#x %#o\n' 255 255 8 255 8
printf '%c%c\n' hello world
printf '%%|%5%|\n'
printf '%b|%s\n' 'a\tb\n' 'a\tb\n'
printf '\101\t\\\n'
printf '%d %d %d\n' 0x1f 010 "'A"
printf '%s\n'; printf '%d\n'; printf 'x\n' y z
printf '%*d|%-*d|%.*s\n' 5 1 5 2 2 xyz
printf '%.3d %8.3f %.0f %e %g %g\n' 5 3.14159 2.5 12345.678 0.0001 1234567
printf 'a\cb'; echo
printf '%s %s\n' one
