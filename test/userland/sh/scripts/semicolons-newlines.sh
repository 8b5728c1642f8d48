# Where newlines and semicolons may stand.
if true
then echo a
fi
if true; then echo b; fi
for i in 1 2
do echo $i
done
for i in 1 2;do echo $i;done
for i
in 3; do echo $i; done
case x
in
x)
echo c
;;
esac
while false
do
:
done
f()

{
echo d
}
f
(
echo e
)
{
echo g
}
echo h |

cat
true &&

echo i
true ;
echo j; 
   echo   k   ;   echo   l
