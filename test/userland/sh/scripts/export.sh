# What programs are told.
a=1; export a; sh -c 'echo $a'
export b=2 c='3 4'; sh -c 'echo $b "$c"'
d=5; sh -c 'echo [$d]'
a=changed; sh -c 'echo $a'
unset a; sh -c 'echo [$a]'
export e; e=later; sh -c 'echo $e'
export -p | while read -r l; do case $l in *' b='*|*' c='*|*' e'*) echo "$l";; esac; done
export x="it's" y='"q"'; export -p | while read -r l; do case $l in *' x='*|*' y='*) echo "$l";; esac; done
(export z=sub); echo "[$z]"
f() { export w=f; }; f; sh -c 'echo $w'
export PATH; export 1a 2>/dev/null; echo not reached
