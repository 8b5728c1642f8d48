# Sets, ranges, classes, and what is no set.
m() { case $1 in $2) echo yes;; *) echo no;; esac; }
m a '[abc]'; m d '[abc]'; m d '[!abc]'; m - '[a-]'; m - '[-a]'; m ']' '[]a]'; m a '[!]]'
m b '[a-c]'; m B '[a-c]'; m 5 '[[:digit:]]'; m x '[[:digit:]a-z]'; m ' ' '[[:space:]]'; m _ '[[:alnum:]_]'
m '[' '['; m 'a[' 'a['; m '[a' '[a'; m ab '[a][b]'; m abc 'a?c'; m ac 'a?c'; m abbc 'a*c'; m a '*a*'
m '\' '\\'; m 'a\' 'a[\\]'; m '*' '\*'; m x '\*'; m ab 'a\b'; m '!' '[!!]'; m '^' '[^a]'; m b '[^a]'
m abcabc '*abc'; m aXbXc 'a*X*c'; m mississippi '*iss*ip*i'; m mississippi '*iss*iq*i'
m A '[[:upper:]]'; m a '[[:upper:][:lower:]]'; m . '[[:punct:]]'; m '' '*'; m '' '?'; m '' ''
