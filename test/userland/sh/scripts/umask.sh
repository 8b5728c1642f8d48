# The mask, in octal and in letters.
umask; umask 077; umask; umask -S
umask 22; umask; umask 0; umask; umask -S
umask u=rwx,g=rx,o=; umask
umask g-w; umask; umask o+r; umask; umask a=rx; umask -S
umask go=; umask -S; umask +w; umask
umask 999; echo $?
umask abc; echo $?
(umask 027; umask); umask
