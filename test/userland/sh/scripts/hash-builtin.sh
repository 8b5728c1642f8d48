# Where programs were found.
hash; cat /dev/null; hash
hash wc; hash
hash nosuchprogram; echo $?
hash -r; hash
PATH=/none; hash; cat 2>/dev/null; echo $?
PATH=/bin; cat /dev/null; hash
PATH=$PATH; hash
