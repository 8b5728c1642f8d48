# A comment begins at the beginning of a word only.
echo a#b # this is one
echo '#' "#" \# #no
echo $# # the parameter
: # nothing \
echo the backslash in a comment joins no lines
if true; then # a comment
  echo inside # another
fi # last
