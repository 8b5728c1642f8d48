# Backslashes at the ends of lines.
echo a \
  b \
  c
ec\
ho joined
x=a\
b; echo $x
echo "in \
quotes" 'in \
apostrophes'
if tr\
ue; then echo yes; f\
i
echo $\
x ${\
x} $((1 +\
 2))
a=1 &\
& echo and
cat <<E
doc\
ument
E
echo a | \
cat
: \
