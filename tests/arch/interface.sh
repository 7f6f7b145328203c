#!/bin/sh
# The public header, the export map and the man page speak of the same functions and names, and the example stays short.
# Run from the top of the tree.  (What really leaves the built library: tests/tool/library.sh.)
set -u
bad=0
header=verify/yaopai_verify.h map=verify/yaopai_verify.map page=docs/man/yaopai_verify.3.scd
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT

declared() { # a declaration of the header begins with YP_API; YP_API itself is defined once
	grep '^YP_API' "$header" | sed -n 's/^YP_API[^(]*[ *]\(yp_[a-z0-9_]*\)(.*/\1/p'
}
synopsis() { sed -n '/^# SYNOPSIS/,/^# DESCRIPTION/p' "$page" | grep -o 'yp_[a-z0-9_]*('| tr -d '('; }
described() { sed -n '/^# DESCRIPTION/,/^# EXAMPLE/p' "$page" | grep -o '\*yp_[a-z0-9_]*\*()' | tr -d '*()'; }
enumerated() { sed -n "/^enum $1 {/,/};/p" "$header" | grep -o 'YP_[A-Z0-9_]* *=\{0,1\}[^,}/]*[,}]\{0,1\}' | grep -o '^YP_[A-Z0-9_]*'; }
bold() { grep -o '\*YP_[A-Z0-9_]*\*' "$page" | tr -d '*'; }

same() { # same <what> <what>: the lists of these names in $scratch are equal
	sort -u "$scratch/$1" >"$scratch/a"
	sort -u "$scratch/$2" >"$scratch/b"
	[ -s "$scratch/a" ] || { echo "$1: nothing found; this test no longer understands its file"; bad=1; }
	cmp -s "$scratch/a" "$scratch/b" && return
	diff "$scratch/a" "$scratch/b" | grep '^[<>]'
	echo "  ^ < only in: $1, > only in: $2"
	bad=1
}

declared >"$scratch/header"
sed 's#/\*.*\*/##' "$map" | grep -o 'yp_[a-z0-9_]*' >"$scratch/map"
synopsis >"$scratch/synopsis"
described >"$scratch/description"
same header map
same header synopsis
same header description

# every status and verdict is explained
{ enumerated yp_status; enumerated yp_verdict; } | grep -vE '^YP_NOT_JUDGED$' >"$scratch/names"
bold | grep -E '^YP_' | grep -vE '^YP_(SENTENCE_MAX|MEMORY_MAX)$' >"$scratch/explained"
same names explained

# a function declared in another way would be one that nobody checks
if grep -nE '(^|[^a-z0-9_])yp_[a-z0-9_]+\(' "$header" | grep -vE '^[0-9]+:(YP_API | \*)'; then
	echo "  ^ $header: wanted YP_API at the beginning of the line"
	bad=1
fi
lines=$(wc -l <verify/example/judge.c)
[ "$lines" -le 40 ] || { echo "verify/example/judge.c has $lines lines; an example has at most 40"; bad=1; }
exit $bad
