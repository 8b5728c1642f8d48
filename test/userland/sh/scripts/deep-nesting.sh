# Constructs in constructs.
for a in 1 2; do
  while :; do
    case $a in
    1)
      if [ $a = 1 ]; then
        { (echo "deep $a $(for b in x y; do echo "$(case $b in x) echo "<$b>";; *) echo "[$b]";; esac)"; done)"); }
      fi
      ;;
    *)
      until false; do
        f() { { return $1; }; }
        f 4 || { echo "status $?"; break 2; }
      done
      ;;
    esac
    break
  done
done
echo $(echo $(echo $(echo $(echo $(echo six)))))
((((echo parens))))
{ { { { echo braces; }; }; }; }
echo "a $(echo "b $(echo "c $(echo 'd "e"')")")"
echo "${x:-"${y:-"${z:-"deep"}"}"}"
echo $((1+$((2+$((3+$((4)))))))
