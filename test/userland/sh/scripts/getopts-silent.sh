# With a colon first the script does the complaining.
while getopts :ab: o -a -x -b; do echo "$o [$OPTARG] $OPTIND"; done
echo "$o $OPTIND"
set -- -n 5 -v file
OPTIND=1
while getopts n:v o; do case $o in n) n=$OPTARG;; v) v=yes;; esac; done
shift $((OPTIND-1)); echo "$n $v $*"
OPTIND=1; getopts a o -aa; echo $o $OPTIND; getopts a o -aa; echo $o $OPTIND; getopts a o -aa; echo $? $OPTIND
f() { local OPTIND=1 o; while getopts x: o "$@"; do echo "f $o $OPTARG"; done; }
f -x 1 -x2; f -x 3
(getopts a); echo $?
