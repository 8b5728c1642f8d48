# Bytes as numbers.
printf 'hello\nworld\n\0\1\377' >f
hexdump f; hexdump -C f; hexdump -b f; hexdump -c f; hexdump -d f; hexdump -o f; hexdump -x f; hexdump -n 5 -C f; hexdump -s 3 -C f; hexdump -s 2 -n 4 f; hexdump <f; : | hexdump; : | hexdump -C
yes | head -c 100 | hexdump -C; yes | head -c 100 | hexdump; yes | head -c 50 | hexdump -v; printf 'odd' | hexdump; hexdump none; echo $?; seq 20 | hexdump -C | tail -n 1; hexdump f f | tail -n 2; printf '0123456789abcdef' | hexdump -C
