# What is no number, and what is no format.
printf '%d\n' abc; echo $?
printf '%d\n' 12abc; echo $?
printf '%d\n' ''; echo $?
printf '%d %d\n' 1 x 3; echo $?
printf '%z\n' 1; echo $?
printf '%'; echo $?
printf; echo $?
printf '%d\n' 99999999999999999999; echo $?
printf '%u\n' -1; echo $?
printf '%x\n' -1; echo $?
printf '%f\n' 1x; echo $?
printf '%d\n' 1.5; echo $?
printf -- '%s\n' dashes
