# A shell and its parent.
sh -c 'echo $PPID' | { read p; [ $p = $$ ] && echo child of this || echo child of a subshell; }
x=$(sh -c 'echo $PPID'); [ $x = $$ ] && echo same || echo other
p=$PPID; (echo $PPID) | { read q; [ $p = $q ] && echo a subshell has the same; }
sh -c '[ $PPID -gt 0 ] && echo positive'
