# A backslash takes the meaning from the next character, and a newline away altogether.
echo a\ b\ \ c \$x \"q\" \'s\' \* \# not\ a\ comment
echo one\
two th\
ree
printf '%s\n' \a\b\c \\ \;
ec\
ho joined
