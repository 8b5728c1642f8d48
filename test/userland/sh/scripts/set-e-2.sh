# More places where set -e ends it all, each in a subshell.
(set -e; (exit 3); echo no); echo $?
(set -e; f() { return 4; }; f; echo no); echo $?
(set -e; x=$(exit 5); echo no); echo $?
(set -e; true | (exit 6); echo no); echo $?
(set -e; { false; }; echo no); echo $?
(set -e; for i in 1; do false; done; echo no); echo $?
(set -e; nosuchcommand 2>/dev/null; echo no); echo $?
(set -e; eval false; echo no); echo $?
(set -e; case x in x) false;; esac; echo no); echo $?
(set -e; false & wait; echo yes); echo $?
(set -e; true && false; echo yes); echo $?
(set -e; ! false; ! true; echo yes); echo $?
(set -e; if true; then false; fi; echo no); echo $?
(set -e; test -f none; echo no); echo $?
(set -e; echo $(false) goes on); echo $?
(set -e; set +e; false; echo off); echo $?
(set -e; trap 'echo trap $?' EXIT; false); echo $?
