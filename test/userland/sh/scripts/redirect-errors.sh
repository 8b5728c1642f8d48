# What cannot be opened.
cat <none; echo $?
echo x >none/f; echo $?
echo x >/; echo $?
echo x >>.; echo $?
cat <none && echo no || echo or
{ echo no; } <none; echo $?
(echo no) <none; echo $?
while true; do echo no; done <none; echo $?
f() { echo no; }; f <none; echo $?
echo x >&8; echo $?
echo still here
: <none
echo not reached
