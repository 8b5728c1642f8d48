# A tilde is a home at the beginning of a word, and behind colons in an assignment.
echo ~ ~/x "~" '~' \~ a~ ~/
x=~ y=~/a:~/b z=a:~
echo $x $y $z
x="~"; echo $x
echo ${u:-~} "${u:-~}" a:~
PATH2=$PATH:~/bin; echo $PATH2
export E=~/e; echo $E
case $HOME in ~) echo home;; esac
for i in ~ ~/z; do echo $i; done
HOME=/other; echo ~
unset HOME; echo ~
