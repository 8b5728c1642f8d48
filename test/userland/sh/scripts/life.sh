# Conway's game of life, a glider in lines of text.
at() { # row column
  eval "l=\${r$1-}"
  i=0
  while [ $i -lt $2 ]; do l=${l#?} i=$((i + 1)); done
  case $l in '#'*) c=1 ;; *) c=0 ;; esac
}
h=5 w=6
r0='.#....' r1='..#...' r2='###...' r3='......' r4='......'
show() { y=0; while [ $y -lt $h ]; do eval "echo \$r$y"; y=$((y + 1)); done; }
step() {
  y=0
  while [ $y -lt $h ]; do
    x=0 line=
    while [ $x -lt $w ]; do
      n=0
      for dy in -1 0 1; do for dx in -1 0 1; do
        yy=$((y + dy)) xx=$((x + dx))
        [ $yy -ge 0 ] && [ $yy -lt $h ] && [ $xx -ge 0 ] && [ $xx -lt $w ] || continue
        at $yy $xx; n=$((n + c))
      done; done
      at $y $x
      case $c$n in 13 | 14 | 03) line=$line# ;; *) line=$line. ;; esac
      x=$((x + 1))
    done
    eval "s$y=$line"
    y=$((y + 1))
  done
  y=0; while [ $y -lt $h ]; do eval "r$y=\$s$y"; y=$((y + 1)); done
}
show; step; echo; show; step; echo; show
