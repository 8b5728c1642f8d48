# Other separators.
t() { printf '%s\n' "$1" | { IFS=$2 read x y; echo "$x|$y|"; }; }
t a:b:c :; t a:b: :; t a:b:: :; t a: :; t a:: :; t :a :; t : :; t :: :; t a :
t 'a : b : c' ' :'; t 'a : b : ' ' :'; t ' a b ' ' :'; t 'a::b' ' :'; t 'a b:c' ' :'
t axbxc x; t 'a b' ''; t 'a,b c' ,; t 'a\:b:c' :
while IFS=: read name pw uid rest; do echo "$name $uid ($rest)"; done <<E
root:x:0:0:root:/root:/bin/sh
nobody:x:65534:65534::/:/bin/false
E
IFS=, read a b c <<E
1,2,3,4
E
echo "$a $b $c"
