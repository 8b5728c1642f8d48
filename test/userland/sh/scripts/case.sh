# Patterns, alternatives, and that the first that fits is taken.
try() {
  case $1 in
  a | b) echo "a or b" ;;
  [0-9]) echo digit ;;
  [0-9]*) echo number ;;
  ?) echo one ;;
  '*') echo star ;;
  *.c | *.h) echo source ;;
  '') echo nothing ;;
  "a b") echo words ;;
  *) echo other ;;
  esac
}
for x in a b 5 57 x '*' main.c .h '' 'a b' long; do try "$x"; done
case x in y) ;; esac; echo $?
case x in x) ;; esac; echo $?
case x in x) false;; esac; echo $?
case x in (x) echo paren;; esac
case $(echo sub) in s*) echo substituted;; esac
case a in a) echo first;; a) echo second;; esac
case if in if) echo keyword;; esac
case "a*" in a\*) echo quoted;; esac
case x in
esac
case x in x) echo no end
esac
