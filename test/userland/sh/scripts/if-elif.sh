# The branches of an if, its status, and what a test may be.
for n in 1 2 3 4; do
  if [ $n = 1 ]; then echo one
  elif [ $n = 2 ]; then echo two
  elif [ $n -gt 3 ]; then
    echo many
  else echo three
  fi
done
if false; then echo no; fi; echo $?
if true; then false; fi; echo $?
if false; true; then echo the last decides; fi
if ! false; then echo not; fi
if (exit 3); then :; else echo $?; fi
if true && false || true; then echo list; fi
if true; then if false; then :; else echo nested; fi; fi
if x=$(echo val); [ "$x" = val ]; then echo $x; fi
