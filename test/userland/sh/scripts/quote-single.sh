# Nothing has a meaning between apostrophes.
echo '$HOME `x` \n "' 'two  blanks' 'a''b' ''
printf '[%s]\n' 'a\b' 'line one
line two' '' 'end'
x='it'\''s'
echo "$x"
