# An expression is taken apart and computed by recursive descent.
expr() { # leaves its value in v; input in s
  term
  while :; do
    case $s in
    +*) s=${s#?}; local a=$v; term; v=$((a + v)) ;;
    -*) s=${s#?}; local a=$v; term; v=$((a - v)) ;;
    *) return ;;
    esac
  done
}
term() {
  factor
  while :; do
    case $s in
    '*'*) s=${s#?}; local b=$v; factor; v=$((b * v)) ;;
    /*) s=${s#?}; local b=$v; factor; [ $v -eq 0 ] && { err="division by zero"; v=0; return; }; v=$((b / v)) ;;
    *) return ;;
    esac
  done
}
factor() {
  case $s in
  '('*) s=${s#?}; expr; case $s in ')'*) s=${s#?} ;; *) err="missing )" ;; esac ;;
  -*) s=${s#?}; factor; v=$((-v)) ;;
  [0-9]*) v=${s%%[!0-9]*}; s=${s#"$v"} ;;
  *) err="unexpected '${s:-end}'"; v=0 s= ;;
  esac
}
calc() { s=$1 err=; expr; [ -n "$s" ] && [ -z "$err" ] && err="rest '$s'"; echo "$1 = ${err:-$v}"; }
calc 1+2*3; calc '(1+2)*3'; calc 10-4-3; calc '2*(3+4)*5'; calc -5+3; calc 100/7/2
calc 1+; calc '(1'; calc 4/0; calc 1x; calc '((((7))))'; calc ''
