# Text made by functions and evaluated.
make() { eval "$1() { echo \"$2 \$*\"; }"; }
make hello 'Hello,'; hello world
make bye 'Good bye,'; bye all of you
counter() { eval "$1=0; next_$1() { $1=\$(($1 + 1)); echo \$$1; }"; }
counter a; counter b
next_a; next_a; next_b; next_a
for op in add:+ sub:- mul:\*; do
  eval "${op%%:*}() { echo \$((\$1 ${op#*:} \$2)); }"
done
add 3 4; sub 3 4; mul 3 4
set -- one two three
i=1; while [ $i -le $# ]; do eval "echo $i: \${$i}"; i=$((i + 1)); done
