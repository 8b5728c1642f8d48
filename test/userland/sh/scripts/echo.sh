# dash's echo knows backslashes.
echo; echo ''; echo a  b; echo 'a  b'
echo -n no newline; echo
echo -n; echo -n '' x; echo
echo -e x; echo -- x; echo - x
echo 'tab\tnew\nline' 'bs\\' 'a\cb' c; echo
echo '\101\0101\07' | wc -c
echo 'end\'; echo '\q\z'
echo "\\\\" '\\'
echo -n a; echo -n b; echo c
echo "$@"; echo "$#"
