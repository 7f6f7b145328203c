#!/bin/sh
# Search with each fuzz target for a while: from the kept corpus, which is only read, into a scratch one.
# usage: run.sh [--seconds N] [--keep DIR] [TARGET...]     N: 60; DIR: where scratch corpora and findings go (build/fuzz/found)
# A line for each target, `ok - fuzz/TARGET (N runs, cov M)` or `not ok - fuzz/TARGET` with the file that shows it; run that again with
# build/fuzz/fuzz/fuzz_TARGET FILE, or under any compiler with build/PRESET/fuzz/fuzz_TARGET FILE, from the top of the tree.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
cd "$top" || exit 2
seconds=60 keep=build/fuzz/found targets=
while [ $# -gt 0 ]; do
	case $1 in
	--seconds) seconds=$2; shift ;;
	--keep) keep=$2; shift ;;
	-h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;;
	-*) echo "run.sh: unknown option $1 (see --help)" >&2; exit 2 ;;
	*) targets="$targets $1" ;;
	esac
	shift
done

mkdir -p build "$keep" || exit 2
{ cmake --preset fuzz && cmake --build --preset fuzz; } >build/fuzz.log 2>&1 || {
	grep -E 'error|FAILED' -A5 build/fuzz.log | head -40
	echo 'not ok - fuzz: the targets do not build (build/fuzz.log)'
	exit 1
}
[ -n "$targets" ] || targets=$(cd tests/fuzz && for f in fuzz_*.c; do n=${f#fuzz_}; echo "${n%.c}"; done)

# Findings are quick, or they are findings: 10 s for one input, 2 GiB.
search() { # search <target>
	log=$keep/$1.log
	mkdir -p "$keep/corpus/$1" "tests/fuzz/corpus/$1" || return 1
	"build/fuzz/fuzz/fuzz_$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
		-dict=tests/fuzz/formats.dict -artifact_prefix="$keep/$1-" "$keep/corpus/$1" "tests/fuzz/corpus/$1" >"$log" 2>&1 </dev/null
}

failures=0
for target in $targets; do
	if search "$target"; then
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
		cov=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -1)
		echo "ok - fuzz/$target ($runs runs, cov $cov)"
	else
		failures=$((failures + 1))
		echo "not ok - fuzz/$target"
		grep -E 'must hold|runtime error|ERROR|SUMMARY|unknown|No such' "$log" | sed 's/^/  | /' | head -5
		sed -n 's/.*Test unit written to /  | the input: /p' "$log"
	fi
done
[ "$failures" -eq 0 ]
