# A machine that reads symbols, with its states as functions.
state=locked opened=0
locked() { case $1 in coin) state=unlocked ;; push) echo "  thud" ;; *) return 1 ;; esac; }
unlocked() { case $1 in push) state=locked opened=$((opened + 1)) ;; coin) echo "  thank you" ;; *) return 1 ;; esac; }
for input in push coin coin push push kick coin push; do
  old=$state
  if $state $input; then echo "$old --$input--> $state"
  else echo "$old does not know $input ($?)"; fi
done
echo "opened $opened times"
