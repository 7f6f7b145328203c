#!/bin/sh
# Calls that are forbidden, or have one home.  Run from the top of the tree.
set -u
bad=0
all='base crypto verify registry tools'

forbid() { # forbid <function regex> <why> [file regex where it may stand]
	found=$(grep -nE "(^|[^A-Za-z0-9_>.])($1)[[:space:]]*\(" -r $all --include='*.[ch]' |
		grep -vE '^[^:]+:[0-9]+:[[:space:]]*(/?\*|//)' | grep -vE "^(${3:-none}):")
	if [ -n "$found" ]; then
		printf '%s\n  ^ %s\n' "$found" "$2"
		bad=1
	fi
}

forbid 'strcpy|strcat|strncat|sprintf|vsprintf|gets|atoi|atol|atof|strtok|alloca|mktemp|tmpnam|system|popen' 'unsafe, or has a bounded replacement'
forbid 'time|clock_gettime|gettimeofday|localtime|localtime_r|gmtime|gmtime_r|mktime|timegm|clock' 'the clock is read in base/clock.c and passed in' '(base/clock|verify/example/judge)\.c'
forbid 'rand|srand|random|srandom|drand48|getrandom|RAND_bytes' 'randomness comes from crypto/random.c' 'crypto/random\.c'
forbid 'exit|abort|_exit' 'a library returns; only a program ends' 'tools/[a-z]+/[a-z_]+\.c'
forbid 'malloc|calloc|realloc|strdup' 'no heap of ours on the verifying path' '(verify/example/judge|base/file|crypto/(digest|seal|keyfile)|registry/[a-z_]+|tools/[a-z]+/[a-z_]+)\.c'
grep -nE 'TODO|FIXME|XXX' -r $all --include='*.[ch]' && { echo '  ^ unfinished by its own word'; bad=1; }
exit $bad
