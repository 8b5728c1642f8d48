# Strings taken apart by expansions alone.
reverse() { s=$1 r=; while [ -n "$s" ]; do r=${s%"${s#?}"}$r; s=${s#?}; done; echo "$r"; }
reverse hello; reverse 'a b c'; reverse ''
repeat() { n=$2 out=; while [ $n -gt 0 ]; do out=$out$1; n=$((n-1)); done; echo "$out"; }
repeat ab 3; repeat - 10
index() { case $1 in *"$2"*) p=${1%%"$2"*}; echo ${#p};; *) echo -1;; esac; }
index hello l; index hello lo; index hello x; index 'a*b' '*'
replace() { s=$1 o=; while case $s in *"$2"*) :;; *) false;; esac; do o=$o${s%%"$2"*}$3; s=${s#*"$2"}; done; echo "$o$s"; }
replace 'one two two three' two 2; replace aaa a bb; replace 'a.b.c' . /
trim() { t=${1#"${1%%[! ]*}"}; t=${t%"${t##*[! ]}"}; echo "[$t]"; }
trim '  both  '; trim none; trim '   '
split() { IFS=$2; set -f; set -- $1; set +f; unset IFS; for w; do echo "<$w>"; done; }
split a,b,,c ,; split '/usr/*/bin' /
