# set -x shows commands as they are run.
set -x
echo a "b c" '*' "$(echo sub)"
x=1 y=$x
x=3 echo hi
for i in 1 2; do :; done
if true; then echo then; fi
case a in a) echo case;; esac
f() { echo in f "$@"; }
f one 'two three'
PS4='$x> '
echo quit
{ echo group; } 2>/dev/null
set +x
echo silent
