# The kernel starts scripts too.
umask 0
echo 'echo plain $*' >plain
printf '#!/bin/sh\necho "bang $# $*"\n' >bang
printf '#!/bin/sh -e\nfalse\necho no\n' >opt
printf '#!/bin/cat\ncontent\n' >kitty
printf '#!/none/such\n' >bad
cat bang kitty
sh plain 1; sh bang 1 2
./plain; echo $?
