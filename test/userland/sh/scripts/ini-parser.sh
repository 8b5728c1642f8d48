# A file of sections and settings becomes variables.
cat >conf <<'E'
; a comment
[server]
host = example.org
port=8080

[client]
name = "quoted value"
  retries =   3
broken line
E
section=
while IFS= read -r line; do
  line=${line#"${line%%[! ]*}"}
  case $line in
  '' | \;*) ;;
  \[*\]) section=${line#?} section=${section%?} ;;
  *=*)
    key=${line%%=*} value=${line#*=}
    key=${key%"${key##*[! ]}"}
    value=${value#"${value%%[! ]*}"}
    case $value in \"*\") value=${value#?} value=${value%?} ;; esac
    eval "${section}_$key=\$value"
    ;;
  *) echo "cannot read: $line" >&2 ;;
  esac
done <conf
echo "$server_host:$server_port" "$client_name" $((client_retries + 1))
set | while read -r l; do case $l in server_*|client_*) echo "$l";; esac; done
