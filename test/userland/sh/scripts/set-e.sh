# set -e ends the shell when a command fails, but for those whose status is asked for.
set -e
false || echo or
if false; then :; fi
while false; do :; done
! true
false && echo no
f() { false; echo "in a condition it goes on"; }
if f; then echo yes; fi
f || echo no
(false; echo not printed) || echo sub
true | false | true
x=$(echo fine)
{ echo group; false; } || echo failed
echo before the end
false
echo not reached
