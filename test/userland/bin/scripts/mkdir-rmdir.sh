# Directories are made and removed.
umask 022
mkdir a b; ls; mkdir a; echo $?; mkdir x/y; echo $?; mkdir -p x/y/z; ls -R x; mkdir -p x/y; echo $?
mkdir; echo $?; mkdir -v n; mkdir -pv p/q/r; mkdir -m 700 m; stat -c %a m; mkdir -m u=rwx,go= m2; stat -c %a m2
umask 077; mkdir u; stat -c %a u; mkdir -p v/w; stat -c '%a %n' v v/w; umask 022
echo f >f; mkdir f; echo $?; mkdir -p f; echo $?; mkdir f/g; echo $?; mkdir -p f/g; echo $?; mkdir -m zz q; echo $?
rmdir a b; rmdir x; echo $?; rmdir none; echo $?; rmdir f; echo $?; rmdir -p x/y/z; echo $?; ls; rmdir -v n; rmdir; echo $?
mkdir s/; ls -d s; rmdir s/; ls
