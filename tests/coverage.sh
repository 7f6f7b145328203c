#!/bin/sh
# Branch coverage of the verifier and of the parsers of bytes from outside: builds the preset coverage, runs the unit tests and
# the fault tests, and compares with tests/coverage-exceptions.txt.  Foreign vectors are left out, so that the figures are the
# same everywhere.  Exit code 1: a test fails, a branch is never taken and is no exception, or an exception is none any more.
#   --no-build   with the programs as they are
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top" || exit 2
. tools/packages.sh
build=1
while [ $# -gt 0 ]; do
	case $1 in
	--no-build) build= ;;
	-h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;;
	*) echo "tests/coverage.sh: unknown option $1 (see --help)" >&2; exit 2 ;;
	esac
	shift
done
files="$(echo verify/*.c)
crypto/cbor_read.c crypto/cose.c crypto/credential.c crypto/presentation.c crypto/statuslist.c crypto/trustlist.c crypto/bundle.c
crypto/qrtext.c crypto/portraitpack.c crypto/devicekey.c crypto/certificate.c crypto/der.c crypto/key.c crypto/signature.c base/text.c"
exceptions=tests/coverage-exceptions.txt
out=build/coverage
LC_ALL=C
export LC_ALL
unset YAOPAI_VECTORS

# shellcheck disable=SC2086
packages_need $packages_build $packages_test || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

if [ -n "$build" ]; then
	{ cmake --preset coverage && cmake --build --preset coverage; } >"$work/build.log" 2>&1 || {
		grep -E 'error|FAILED' -A5 "$work/build.log" | head -60
		exit 1
	}
fi
find "$out" -name '*.gcda' -delete

for dir in unit fault; do
	[ ! -d "$out/$dir" ] || find "$out/$dir" -name 'test_*' -type f -perm -u+x
done | sort >"$work/tests"
[ -s "$work/tests" ] || { echo "no tests in $out: run without --no-build"; exit 2; }
xargs -P 2 -I{} sh -c 'timeout 600 "$1" >"$2/$(basename "$1").log" 2>&1 </dev/null || echo "$1" >>"$2/failed"' _ {} "$work" <"$work/tests"
[ ! -s "$work/failed" ] || while read -r test; do
	echo "FAILED $test:"
	tail -20 "$work/$(basename "$test").log"
done <"$work/failed"

for file in $files; do
	layer=${file%%/*}
	notes=$out/CMakeFiles/$layer.dir/$file.gcno
	[ -f "$notes" ] || { echo "$file is not in the library $layer: $notes is missing"; exit 2; }
	gcov --branch-probabilities --branch-counts --stdout "$notes" 2>"$work/gcov.log" >"$work/gcov.txt" || { cat "$work/gcov.log"; exit 2; }
	awk -v file="$file" -f tests/coverage_read.awk "$work/gcov.txt"
done >"$out/branches"

awk -f tests/coverage_judge.awk "$exceptions" "$out/branches" && [ ! -s "$work/failed" ]
