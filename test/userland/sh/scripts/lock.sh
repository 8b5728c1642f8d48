# noclobber makes a lock.
lock() { (set -C; echo $1 >lockfile) 2>/dev/null; }
lock a && echo a has it
lock b || echo b has not: $(cat lockfile)
: >|lockfile
try() { for i in 1 2 3; do lock $1 && { echo "$1 after $i"; return; }; done; echo "$1 never"; return 1; }
try c; echo $?
