# Commands from standard input.
sh <<'E'
echo first
for i in 1 2; do
  echo $i
done
E
printf 'echo a; exit 5\necho no\n' | sh; echo $?
printf 'echo no newline' | sh
printf 'if true\nthen echo multi\nfi\nf() {\necho f\n}\nf\n' | sh
printf 'cat <<X\ndoc\nX\necho after\n' | sh
printf 'echo ok\nfi\necho no\n' | sh; echo $?
printf 'echo "a\nb"\n' | sh
printf 'echo a \\\n b\n' | sh
printf '' | sh; echo $?
printf 'false\n' | sh; echo $?
printf '(exit 7)\n' | sh; echo $?
printf 'nosuch\necho two\n\nnosuch2\n' | sh
printf 'cat <<X\nunfinished' | sh
printf 'set -e\nfalse\necho no\n' | sh; echo $?
printf 'trap "echo bye" EXIT\necho hi\n' | sh
printf 'x=1\n# comment\n\necho $x $0 $#' | sh
printf 'echo "never closed\n' | sh; echo $?
printf 'alias hi="echo hello"\nhi\n' | sh
printf 'return 4\necho no\n' | sh; echo $?
