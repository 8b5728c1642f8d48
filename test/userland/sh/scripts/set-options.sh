# Options by letter and by name, and how they are listed.
set -o errexit; case $- in *e*) echo e is on;; esac; set +o errexit
set -o noglob; echo *; set +o noglob
set -eu; set +eu; echo "[$-]"
set -o
set +o | wc -l
(set -o nosuch); echo $?
(set -Z); echo $?
set -a; v=exported; set +a; sh -c 'echo $v'
set -n
