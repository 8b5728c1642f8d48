# Braces group commands in this shell.
{ echo a; echo b; }
{ x=1; }; echo $x
{ echo a; echo b; } >f; cat f
{ echo c; } | cat
{ { { echo deep; }; }; }
{ false; }; echo $?
{ read a; read b; } <f; echo $a $b
if { true; false; }; then echo no; else echo yes; fi
{
  echo newline
}
echo } {
{ echo 1; { echo 2; } >&2; } 2>/dev/null
! { false; } && echo ok
