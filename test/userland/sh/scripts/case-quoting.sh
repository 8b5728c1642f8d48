# Quoted characters of a pattern are no patterns, wherever they come from.
p='a*'
case abc in $p) echo 1;; esac
case abc in "$p") echo no;; *) echo 2;; esac
case 'a*' in "$p") echo 3;; esac
case abc in a"*") echo no;; *) echo 4;; esac
case 'a*c' in a"*"c) echo 5;; esac
case abc in 'a'*) echo 6;; esac
q='[ab]'
case a in $q) echo 7;; esac
case '[ab]' in "$q") echo 8;; esac
case x$p in xa\*) echo 9;; esac
case "$(echo 'x y')" in x\ y) echo 10;; esac
e='\*'; case '*' in $e) echo 11;; esac; case '\*' in "$e") echo 12;; esac
