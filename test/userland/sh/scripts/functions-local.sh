# local variables hide others until the function is over, also for what it calls.
x=outer y=outer
f() { local x=inner; echo $x; g; echo $x; }
g() { echo "g sees $x"; x=changed; }
f; echo $x
h() { local y; echo "[$y]"; y=set; }; h; echo $y
r() { local n=$1; [ $n -gt 0 ] && r $((n - 1)); echo $n; }; r 3
u() { local z=1; unset z; echo "[${z-unset}]"; }; z=global; u; echo $z
e() { local E=loc; export E; sh -c 'echo $E'; }; e; sh -c 'echo [$E]'
m() { local a=1 b=2 c; c=$((a + b)); echo $c; }; m; echo "[$a$b$c]"
o() { local -; set -f; echo "$-"; }; o; echo "[$-]"
