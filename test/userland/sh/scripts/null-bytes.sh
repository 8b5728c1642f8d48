# Zero bytes have no place in the shell.
x=$(printf 'a\0b'); echo ${#x}
printf 'a\0b\n' | { read y; echo ${#y}; }
printf 'a\0b' | wc -c
echo 'a\0b' | wc -c
printf '%b' 'x\0y' | wc -c
