# set -f, quoting, and where no names are looked for.
: >a; : >b
set -f; echo *; set +f; echo *
x=*; echo "$x"; case $x in '*') echo star;; esac
y='?'; z=$y; echo $z "$z"
export E=*; echo "$E"
for i in "*" '?'; do echo $i "$i"; done
echo x >*none; echo "$(cat '*none')"
f() { echo $#; }; f *; f "*"; f '[ab]' [ab] [!ab]
cat <<E
*
E
