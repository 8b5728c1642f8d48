# Functions in pipelines, substitutions and in the background.
upper() { while read -r l; do echo "<$l>"; done; }
gen() { for i in 1 2 3; do echo line $i; done; }
gen | upper
gen | upper | upper | wc -l
x=$(gen | upper); echo "$x"
gen & wait
gen | { read first; echo first: $first; upper; }
twice() { "$@"; "$@"; }; twice echo hi
twice twice echo yo
map() { cmd=$1; shift; for x; do $cmd "$x"; done; }
sq() { echo $(($1 * $1)); }
map sq 1 2 3 4
compose() { $1 "$($2 "$3")"; }; compose sq sq 3
gen >f; upper <f
