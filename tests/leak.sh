#!/bin/sh
# Searches all that tests left behind for identity numbers.  Usage: leak.sh BUILD DIR...
# BUILD: a build directory (build/release); DIR: what was kept with YAOPAI_KEEP set (tests/tool/lib.sh.inc), and logs.
#
# The numbers are those of every spreadsheet that the tests put in.  Every other file must hold none of them, in no dress
# (tests/helper/leak_find.c): databases, published files, bundles, exports, logs, answers, error sentences, dumps of a crash.
set -u
build=${1:?usage: leak.sh BUILD DIR...}
top=$(cd "$(dirname "$0")/.." && pwd)
shift
find_tool=$build/helper/leak_find
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
LC_ALL=C.UTF-8
export LC_ALL

# Files that are meant to hold numbers, by the end of their path: what was put in, and the file of refused rows, which is to be mended and
# put in again.  A test that writes another one says so here.
inputs='
(sheets|again)/(holders|moderators|ministry|supervision)\.csv   made by yaopai sample
(sheets|again)/(holders|moderators|ministry|supervision)\.xlsx  the same as Excel keeps it
(sheet|bad|shuffled|bom|mended|updated|changed)[a-z0-9-]*\.(csv|xlsx)   put in by a test
(holders|moderators|people|rows)[a-z0-9-]*\.(csv|xlsx)          put in by a test
(gb|titled|utf16)[a-z0-9-]*\.(csv|txt|xlsx)                     put in by a test, in another encoding
(idnumbers|ids)                                                     what a test itself searches for
bodies\.[0-9]+/one\.csv                                            put in by a test
import_diff\.[0-9]+/(old|new)\.csv                                 put in by a test
(operations|people)\.[0-9]+/(again|hired|ministry|supervisors|zhang|zhao)\.csv   put in by a test
operations\.[0-9]+/block-[0-9]+                                    the commands of the document, with its spreadsheets
errors[a-z0-9-]*\.csv                                           the refused rows
'
patterns=$(echo "$inputs" | awk 'NF { printf "%s%s", sep, $1; sep = "|" }')
exceptions="/($patterns)\$"

idnumbers() { # what on standard input is an identity number, by length, date and check character (GB 11643)
	grep -aoE '[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])([0-2][0-9]|3[01])[0-9]{3}[0-9Xx]' | tr x X | sort -u |
		awk 'BEGIN { split("7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2", w, " ") }
			{ s = 0; for (i = 1; i <= 17; i++) s += w[i] * substr($0, i, 1); if (substr("10X98765432", s % 11 + 1, 1) == substr($0, 18)) print }'
}

# ---- the search can fail: a planted number is found in each dress ----
planted=11010519491231002X
mkdir "$work/planted"
echo $planted >"$work/one"
dress() { # dress <name>: what is on standard input is a file with the number in it, and nothing is found before it is
	cat >"$work/planted/$1"
	echo "$work/planted/$1" | "$find_tool" "$work/one" >"$work/log" && { echo "not ok - a number planted as $1 is found"; exit 1; }
}
utf16() { printf %s "$1" | sed 's/./&\n/g' | tr -d '\n' | iconv -f UTF-8 -t "$2"; }
full=$(echo $planted | sed 'y/0123456789X/０１２３４５６７８９Ｘ/')
{ head -c 5000 /dev/zero; printf %s $planted; head -c 100 /dev/zero; } | dress "bytes of a page"
echo "x$(echo $planted | tr X x)y" | dress "lower case"
utf16 "a$planted" UTF-16LE | dress UTF-16LE
utf16 "a$planted" UTF-16BE | dress UTF-16BE
echo "$planted" | sed 's/./& /g' | dress "spaced digits"
echo "$full" | dress "full-width"
echo "$full" | iconv -t GB18030 | dress "full-width GB18030"
for before in "" a ab abc; do printf '%s%s tail' "$before" $planted | base64 | dress "base64 behind ${#before} bytes"; done
for before in "" 1; do { printf %s "$before"; printf %s $planted | od -An -tx1 | tr -d ' \n'; echo; } | dress "hex behind ${#before} digits"; done
printf '11010519491231002Y 11010519491231003X' >"$work/planted/none"
echo "$work/planted/none" | "$find_tool" "$work/one" >"$work/log" || { echo "not ok - nothing is found where nothing is"; exit 1; }
echo "ok - a planted number is found in each of $(find "$work/planted" -type f | wc -l) dresses"

# ---- the search ----
find "$@" -type f -size +0 | sort >"$work/all"
grep -E "$exceptions" "$work/all" >"$work/inputs"
grep -vE "$exceptions" "$work/all" >"$work/files"
while read -r input; do
	case $input in *.xlsx) unzip -p "$input" 2>/dev/null ;; *) cat "$input" ;; esac
done <"$work/inputs" | idnumbers >"$work/sheets"
# the unit tests put in what stands in their sources, some of it without its check character
cat "$top"/tests/unit/*.c "$top"/tests/unit/support/*.c | grep -aoE '"[0-9]{17}[0-9X]?"' | tr -d '"' | sort -u |
	awk 'BEGIN { split("7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2", w, " ") }
		{ s = 0; for (i = 1; i <= 17; i++) s += w[i] * substr($0, i, 1); print substr($0, 1, 17) substr("10X98765432", s % 11 + 1, 1) }' >"$work/units"
sort -u "$work/sheets" "$work/units" >"$work/numbers"
n=$(wc -l <"$work/numbers") files=$(wc -l <"$work/files")
[ "$n" -gt 100 ] && [ "$files" -gt 100 ] || { echo "not ok - only $n numbers and $files files: is it what the tests left?"; exit 1; }
split -n l/2 "$work/files" "$work/part-"
for part in "$work"/part-*; do
	{ "$find_tool" "$work/numbers" <"$part" >"$part.found" 2>"$part.err"; echo $? >"$part.code"; } &
done
wait
cat "$work"/part-*.found >"$work/found"
cat "$work"/part-*.err | head -5
codes=$(cat "$work"/part-*.code | sort -u | tr '\n' ' ')
if [ "$codes" = "0 " ]; then
	echo "ok - none of $n identity numbers in $files files ($(xargs -d '\n' cat <"$work/files" | wc -c | awk '{ printf "%d MiB", $1 / 1048576 }'))"
	exit 0
fi
echo "not ok - identity numbers are in $(cut -d: -f1 "$work/found" | sed 's/ at [0-9]*$//' | sort -u | wc -l) of $files files"
awk '{ p = $0; sub(/ at [0-9]+: .*/, "", p); if (!seen[p]++) print "  | " $0 }' "$work/found" | head -40
exit 1
