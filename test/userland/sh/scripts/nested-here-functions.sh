# Text templates made by functions with documents.
page() {
  cat <<-E
	<h1>$1</h1>
	$(shift; items "$@")
	E
}
items() {
  for i; do
    cat <<-E
	  <li>$i${n:+ ($n)}</li>
	E
  done
}
page Title one 'two & three'
n=5 page Numbers x
gen() { cat <<A; cat <<'B'; }
expanded $1
A
literal $1
B
gen arg
table() { while read a b; do printf '%-5s|%5s|\n' $a $b; done; }
table <<E
$(for i in 1 2 3; do echo k$i $((i * i)); done)
E
wrap() { echo '<<'; cat; echo '>>'; }
wrap <<E | wrap
in
E
