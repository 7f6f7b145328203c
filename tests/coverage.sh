#!/bin/sh
# Branch coverage of the verifier and of the parsers by the unit tests: every branch is taken, or stands in
# tests/coverage-exceptions.txt with its reason.  Prints a line for each file, and each branch that is neither.
#   --list   print all branches never taken as exceptions would be written
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top" || exit 2
files='verify/evidence verify/group verify/judge verify/judgement verify/live verify/load verify/load_list verify/load_trust
verify/memory verify/replay verify/sentence verify/verifier crypto/bundle crypto/cbor_read crypto/certificate crypto/cose
crypto/credential crypto/der crypto/devicekey crypto/key crypto/portraitpack crypto/presentation crypto/qrtext crypto/signature
crypto/statuslist crypto/trustlist base/text'
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
{ cmake --preset coverage && cmake --build --preset coverage; } >"$work/build.log" 2>&1 || { tail -20 "$work/build.log"; exit 2; }
find build/coverage -name '*.gcda' -exec rm {} +
find build/coverage/unit build/coverage/fault -name 'test_*' -type f -perm -u+x 2>/dev/null |
	xargs -P 2 -I{} timeout 900 {} >"$work/tests.log" 2>&1
for file in $files; do
	object=$(find build/coverage/CMakeFiles -path "*/$file.c.gcda" ! -path '*library_objects*' | head -1)
	[ -n "$object" ] || { echo "not ok - $file.c was not run"; continue; }
	(cd "$work" && gcov -b -c "$top/$object") >/dev/null 2>&1
done
# file|source line, trimmed|: of each line with a branch never taken, how many of how many
awk -F: '
	/^ *-: *0:Source:/ { file = $4; next }
	/^branch/ { all[file]++; if ($0 ~ /taken 0|never executed/) { missed[file]++; lines[file "|" text] = 1; where[file "|" text] = at } next }
	/^(call|function)/ { next }
	{ at = $2 + 0; text = $0; sub(/^[^:]*:[^:]*:/, "", text); gsub(/^[ \t]+|[ \t]+$/, "", text) }
	END {
		for (f in all) printf "F|%s|%d|%d\n", f, all[f] - missed[f], all[f]
		for (l in lines) printf "L|%s|%d\n", l, where[l]
	}' "$work"/*.c.gcov | sed "s#|$top/#|#; s#|/*\\./#|#" | sort >"$work/found"
if [ "${1:-}" = --list ]; then
	awk -F'|' '$1 == "L" { line = $0; sub(/^L\|/, "", line); sub(/\|[0-9]+$/, "", line); print line }' "$work/found"
	exit 0
fi
awk -F'|' '
	NR == FNR { if ($0 !~ /^#/ && NF >= 3) { reason = $NF; key = $0; sub(/ *\|[^|]*$/, "", key); known[key] = reason } next }
	$1 == "F" { printf "  %-28s %4d of %4d branches taken\n", $2, $3, $4; taken += $3; all += $4 }
	$1 == "L" { line = $0; sub(/^L\|/, "", line); at = line; sub(/.*\|/, "", at); sub(/\|[0-9]+$/, "", line)
		if (line in known) { used[line] = 1; excused++ } else { split(line, part, "|"); printf "not ok - %s:%d: %s\n", part[1], at, substr(line, length(part[1]) + 2); bad++ } }
	END {
		for (k in known) if (!(k in used)) { printf "not ok - an exception that is none: %s\n", k; bad++ }
		printf "%s - %d of %d branches taken, %d lines excused with a reason\n", bad ? "not ok" : "ok", taken, all, excused
		exit bad ? 1 : 0
	}' tests/coverage-exceptions.txt "$work/found"
