# Keywords mean something at the beginning of commands only.
echo if then else fi do done case esac for while until in { } !
for in in in; do echo $in; done
for do in do; do echo $do; done
if=1 then=2; echo $if$then
case case in case) echo case;; esac
case in in in) echo in;; esac
"if" 2>/dev/null; echo $?
\if 2>/dev/null; echo $?
x=if; $x true 2>/dev/null; echo $?
echo a;echo b
{ echo {; }
{ echo }; }
echo '{' }
if() { echo no; } 2>/dev/null
