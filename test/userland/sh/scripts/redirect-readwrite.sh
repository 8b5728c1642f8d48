# <> opens for both, >| overrides noclobber.
echo 12345 >f
exec 3<>f; read x <&3; echo $x; echo more >&3; exec 3>&-; cat f
set -C
echo a >g; echo b >g; echo $?; cat g
echo c >|g; cat g
echo d >>g; cat g
echo e >/dev/null && echo devices are fine
set +C
echo f >g; cat g
cat <>new; echo $?
