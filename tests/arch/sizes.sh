#!/bin/sh
# No function over 70 lines, no file over 600; the medians are printed.  Run from the top of the tree.
set -u
bad=0
files=$(find base crypto verify registry tools tests -name '*.[ch]')
long=$(wc -l $files | awk '$2 != "total" && $1 > 600 { print "  " $2 ": " $1 " lines" }')
[ -z "$long" ] || { printf 'files over 600 lines:\n%s\n' "$long"; bad=1; }
command -v ctags >/dev/null || { echo 'universal-ctags is not installed'; exit 1; }
sizes=$(ctags --languages=C --kinds-C=f --fields=+ne -f - $files |
	awk -F'\t' '{ n = e = 0; for (i = 4; i <= NF; i++) { if ($i ~ /^line:/) n = substr($i, 6); if ($i ~ /^end:/) e = substr($i, 5) } print e - n + 1, $2, $1 }' | sort -n)
long=$(printf '%s\n' "$sizes" | awk '$1 > 70 { print "  " $2 " " $3 ": " $1 " lines" }')
[ -z "$long" ] || { printf 'functions over 70 lines:\n%s\n' "$long"; bad=1; }
printf '%s\n' "$sizes" | awk '{ v[NR] = $1 } END { printf "functions %d, median %d lines, p90 %d, longest %d\n", NR, v[int((NR+1)/2)], v[int(NR*0.9)], v[NR] }'
exit $bad
