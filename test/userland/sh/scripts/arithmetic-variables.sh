# Names stand for their values, and operators can change them.
x=5 y=0x10 z=010
echo $((x)) $(($x)) $((x+1)) $((y)) $((z)) $((unset+1))
echo $((x=7)) $x $((x+=3)) $((x-=1)) $((x*=2)) $((x/=3)) $((x%=4)) $x
x=1; echo $((x<<=4)) $((x>>=1)) $((x|=3)) $((x&=6)) $((x^=5)) $x
echo $((a=b=3)) $a $b
n=0; while [ $((n+=1)) -lt 4 ]; do echo $n; done
echo $((0 && (q=1))) "[$q]" $((1 || (q=1))) "[$q]" $((1 ? 5 : (q=1))) "[$q]"
e=; echo $((e + 1)) $((-x)) $(( x-- ? 1 : 0 )) 2>/dev/null
