# $( ) and ` `: newlines at the end go, others stay.
x=$(printf 'a\nb\n\n\n'); echo "$x" "[$x]"
echo $(echo one; echo two) "$(echo one; echo two)"
y=`echo "in \"quotes\""`; echo "$y"
echo "`echo 'a b'`" $(echo $(echo $(echo nested)))
echo "[$()]" "[$( )]" "[``]"
z=$(exit 3); echo $?
z=$(echo text; false); echo "$? $z"
echo $(exit 4) $?
if x=$(false); then echo yes; else echo no; fi
echo "$(case x in x) echo a case;; esac)" $( (echo sub) )
echo $(echo a # comment )
)
cat <<E
$(echo "in a document")
E
