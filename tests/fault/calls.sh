#!/bin/sh
# Every function of libcrypto and zlib that our libraries call is made to fail (calls.def) or cannot (cannot_fail.txt): a new
# call without either fails here, and so does a line without a call.  Usage: calls.sh <build directory>, top of the tree.
set -u
build=${1:?usage: tests/fault/calls.sh <build directory>}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT INT TERM
export LC_ALL=C

libraries=$(ldd "$build/fault/test_faults" | sed -n 's/.*\(lib\(crypto\|z\)\.so\.[0-9]*\) => \([^ ]*\) .*/\3/p')
[ "$(echo "$libraries" | wc -l)" -eq 2 ] || { echo "not ok - libcrypto and libz are not both found by ldd"; exit 1; }
for library in $libraries; do nm -D --defined-only "$library"; done | awk '{ sub(/@.*/, "", $3); print $3 }' | sort -u >"$work/theirs"
nm -u "$build/libcrypto.a" "$build/libsigner.a" "$build/libverify.a" "$build/libbase.a" | awk '$1 == "U" { print $2 }' |
	sort -u | comm -12 - "$work/theirs" >"$work/called"

sed -n 's/^[A-Z_]*(\([A-Za-z0-9_]*\).*/\1/p' "$here/calls.def" | sort >"$work/failed"
sed 's/#.*//' "$here/cannot_fail.txt" | awk 'NF > 0 { if (NF < 2) print "no-reason-for-" $1; else print $1 }' | sort >"$work/unfailing"
sort -u "$work/failed" "$work/unfailing" >"$work/listed"

bad=0
say() { # say <sentence> <file>: the file must be empty
	if [ -s "$2" ]; then
		echo "not ok - $1: $(tr '\n' ' ' <"$2")"
		bad=1
	else
		echo "ok - $1: none"
	fi
}
comm -23 "$work/called" "$work/listed" >"$work/new"
comm -13 "$work/called" "$work/listed" >"$work/stale"
sort "$work/failed" "$work/unfailing" | uniq -d >"$work/twice"
[ "$(wc -l <"$work/called")" -gt 50 ] || { echo "not ok - hardly any calls found: is nm reading the right objects?"; bad=1; }
say "calls that no fault reaches" "$work/new"
say "lines without a call" "$work/stale"
say "calls listed twice" "$work/twice"
exit $bad
