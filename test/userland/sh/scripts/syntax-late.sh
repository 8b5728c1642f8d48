# What stands before an error is run.
echo one
echo two; echo three
if true; then
  echo four
fi
echo five; )
echo not reached
