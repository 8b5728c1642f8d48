# A quote that never ends.
echo first
echo "second
echo third
