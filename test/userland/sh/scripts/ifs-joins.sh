# IFS where things are joined, read and split again.
set -- a b c
IFS=+; x="$*"; echo "$x"; set -- $x; echo $#
IFS=' +'; x="$*"; echo "$x"
IFS=; x="$*"; echo "$x"; unset IFS; set -- 1 2; IFS=-; echo $* "$*" ${*} "${*}" $(echo 1-2)
y=$*; echo "$y"; z="$@"; echo "$z"
IFS=:; p=/a:/b::/c; for d in $p; do echo "[$d]"; done
f() { local IFS=,; echo "$*"; }; unset IFS; f x y; echo "$*"
IFS=' '; echo "a${u-b c}d" a${u-b c}d; IFS=1; echo $((1000+111)) "$((1000+111))"
IFS='*'; set -f; v='a*b'; echo $v; set +f
