# Where this is.
cd /bin; pwd; pwd -L; echo $PWD
cd /; pwd
cd bin; cd ..; pwd
PWD=lie; pwd; cd /tmp; pwd
(cd /bin; pwd); pwd
f() { cd /; }; f; pwd
cd /tmp && cd /bin && pwd
x=$(cd /; pwd); echo $x; pwd
pwd -X; echo $?
