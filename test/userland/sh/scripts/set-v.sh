# set -v shows lines as they are read.
set -v
echo one
# a comment
for i in a b
do
  echo $i
done
set +v
echo quiet
