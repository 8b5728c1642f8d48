short() { while read -r p; do case $p in "$here"*) echo "HERE${p#"$here"}";; *) echo "$p";; esac; done; }
here=$(pwd -P)
mkdir -p a/b
echo x >a/f
ln -s f a/one
ln -s ../a/one a/b/two
ln -s nowhere dangling
ln -s loop loop
ln -s /dev/null abs
ln -s a dir
readlink a/one a/b/two dangling loop abs dir
echo "status $?"
readlink a/f a; echo "status $?"
readlink nope; echo "status $?"
readlink -v a/f nope; echo "status $?"
readlink -n a/one; echo "|"
readlink -n a/one abs 2>&1; echo "|"
readlink -z a/one | hexdump -C
for o in -f -e -m; do
  for f in a/b/two dangling loop abs dir/f dir/../a/./one dir/b/../one nope nope/x a/f/x a/f/ dir/ . / //dev '' dangling/x a/one/; do
    readlink $o "$f" >out 2>err; s=$?
    echo "$o '$f' $s $(short <out)$(cat err)"
  done
done
readlink; echo "status $?"
readlink -Z x; echo "status $?"
readlink --canonicalize dir/b --nosuch; echo "status $?"
readlink --canonicalize-missing /no/such/../place
