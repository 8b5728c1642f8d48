# The line of an error.
echo one
nosuch1

echo "two
lines"
nosuch2
f() {
  nosuch3
}
f
nosuch4 \
  with arguments
cat <<E
a
document
E
nosuch5
for i in 1
do
  nosuch6
done
x=$(nosuch7)
(nosuch8)
if true
then nosuch9; fi
echo "not closed
oops
