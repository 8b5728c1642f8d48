# set with and without --.
set a b c; echo $# $1
set -- -x; echo $# $1
set - p q; echo $# $*
set -e -- r; echo $1; set +e
set -- "$@" more; echo $*
set -- $(echo one two); echo $#
eval 'set -- "a b" c'; echo $# "$1"
set | while read l; do case $l in XVAR=*) echo "$l";; esac; done
XVAR="it's"; set | while read -r l; do case $l in XVAR=*) echo "$l";; esac; done
set x; shift; echo $#
