# Arguments, status, and variables that they share.
greet() { echo "hello $1"; }
greet world; greet
f() { echo $# "$@"; set -- x; echo $1; }
f a 'b c'; echo "$1"
g() { return 5; }; g; echo $?
h() { false; }; h; echo $?
i() { v=changed; }; v=old; i; echo $v
j()
{
  echo newline
}
j
k() ( v=sub; echo $v; ); k; echo $v
l() if [ "$1" ]; then echo "got $1"; else echo none; fi
l; l x
m() for x in a b; do echo $x; done; m
n() { n() { echo second; }; echo first; }; n; n
unset -f n; n 2>/dev/null || echo gone
o() { echo out; } >f; o; cat f
p() { q; }; q() { echo later; }; p
