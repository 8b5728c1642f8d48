# "$@" keeps the parameters apart, "$*" joins them by the first character of IFS.
show() { echo $#; for i in "$@"; do echo "<$i>"; done; }
set -- 'a b' '' c
show "$@"
show "$*"
show $@
show x"$@"y
show "$@$@"
IFS=,
show "$*"
IFS=
show "$*"
unset IFS
show "$*"
set --
show "$@"
show "$*"
show x"$@"
show "$@" "$@"
