# An exclamation mark turns the status of a pipeline round.
! true; echo $?
! false; echo $?
! (exit 7); echo $?
! true | false; echo $?
! false | true; echo $?
if ! true; then echo no; else echo yes; fi
! { true; }; echo $?
while ! false; do echo once; break; done
! echo a | cat >/dev/null; echo $?
! nosuchcommand 2>/dev/null; echo $?
