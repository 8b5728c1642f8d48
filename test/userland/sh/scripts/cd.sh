# Changing the directory.
base=$PWD
cd ..; echo ${PWD##*/} ${OLDPWD##*/}
cd work; echo ${PWD##*/}
cd - >/dev/null; echo ${PWD##*/}
cd -; cd work
cd /; pwd; cd "$base"
cd; echo ${PWD##*/}; cd "$base"
cd ./../work/.; echo ${PWD##*/}
cd nosuch; echo $? ${PWD##*/}
echo >file; cd file; echo $?
cd //bin; pwd; cd /bin/../tmp; pwd; cd "$base"
CDPATH=..; cd work; CDPATH=; cd "$base"
(cd /; pwd); echo ${PWD##*/}
HOME=/bin; cd; pwd; cd "$base"
cd ''; echo $? ${PWD##*/}
unset HOME; cd; echo $? ${PWD##*/}
OLDPWD=/; cd -; cd /none/..; echo $?
