# Here-documents: expanded, quoted, with tabs taken off.
x=val
cat <<E
$x ${x}s $(echo sub) `echo old` $((1+1)) \$x \\ \a "q" 'a' "$x" '$x'
cont\
inued
E
cat <<'E'
$x `no` \n \
E
cat <<"E"
$x
E
cat <<\E
$x
E
cat <<-E
		two tabs
	  one and blanks
	E
cat <<-'E'
	$x
	E
cat <<E-F.1
word
E-F.1
cat <<'A B'
blank
A B
cat <<''
up to an empty line

echo end
