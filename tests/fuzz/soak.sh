#!/bin/sh
# Search for hours: all targets in turn, two at a time, again and again from what was found before, then a table.
# usage: soak.sh HOURS [--keep DIR] [TARGET...]     HOURS may be a fraction (0.5); DIR: build/fuzz/soak
# A finding ends its target's turn, not the soak; exit 1 if there was any.  Afterwards `seeds.sh DIR/corpus` takes what pays into the tree.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
cd "$top" || exit 2
hours='' keep=build/fuzz/soak targets=''
while [ $# -gt 0 ]; do
	case $1 in
	--keep) keep=$2; shift ;;
	-h | --help) sed -n '2,4s/^# \{0,1\}//p' "$0"; exit 0 ;;
	-*) echo "soak.sh: unknown option $1 (see --help)" >&2; exit 2 ;;
	*) if [ -z "$hours" ]; then hours=$1; else targets="$targets $1"; fi ;;
	esac
	shift
done
[ -n "$hours" ] || { sed -n '3s/^# //p' "$0" >&2; exit 2; }
[ -n "$targets" ] || targets=$(cd tests/fuzz && for f in fuzz_*.c; do n=${f#fuzz_}; echo "${n%.c}"; done)
mkdir -p build "$keep/corpus" "$keep/found" "$keep/log" || exit 2
{ cmake --preset fuzz && cmake --build --preset fuzz; } >build/fuzz.log 2>&1 || { tail -30 build/fuzz.log; exit 1; }

total=$(awk -v h="$hours" 'BEGIN { printf "%d", h * 3600 }')
count=$(echo "$targets" | wc -w)
# A turn long enough to get somewhere, short enough that each target has several.
turn=$((2 * total / count / 4))
[ "$turn" -le 600 ] || turn=600
[ "$turn" -ge 10 ] || turn=10
ends=$(($(date +%s) + total))
: >"$keep/turns"

one_turn() { # one_turn <target>: appends target, exit code, runs, seconds, coverage, features to $keep/turns
	log=$keep/log/$1.log
	mkdir -p "$keep/corpus/$1" "tests/fuzz/corpus/$1"
	from=$(date +%s)
	"build/fuzz/fuzz/fuzz_$1" -max_total_time="$turn" -timeout=10 -rss_limit_mb=4096 -print_final_stats=1 -dict=tests/fuzz/formats.dict \
		-artifact_prefix="$keep/found/$1-" "$keep/corpus/$1" "tests/fuzz/corpus/$1" >"$log" 2>&1 </dev/null
	code=$?
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	reached=$(sed -n 's/.* cov: \([0-9]*\) ft: \([0-9]*\) .*/\1 \2/p' "$log" | tail -1)
	echo "$1 $code ${runs:-0} $(($(date +%s) - from)) ${reached:-0 0}" >>"$keep/turns"
}

while [ "$(date +%s)" -lt "$ends" ]; do
	before=
	for target in $targets; do
		[ "$(date +%s)" -lt "$ends" ] || break
		one_turn "$target" &
		[ -z "$before" ] || wait "$before"
		before=$!
	done
	wait
done

echo '| target | turns | runs | runs/s | cov | features | corpus | findings |'
echo '|---|---|---|---|---|---|---|---|'
for target in $targets; do
	found=$(find "$keep/found" -name "$target-*" -type f | grep -cE "/$target-(crash|leak|timeout|oom|slow-unit)-[0-9a-f]*\$")
	awk -v t="$target" -v c="$(find "$keep/corpus/$target" -type f | wc -l)" -v f="$found" '$1 == t { n++; r += $3; s += $4
		cov = $5 > cov ? $5 : cov; ft = $6 > ft ? $6 : ft }
		END { printf "| %s | %d | %d | %d | %d | %d | %d | %d |\n", t, n, r, s ? r / s : 0, cov, ft, c, f }' "$keep/turns"
done
awk '{ r += $3; s += $4; bad += $2 != 0 } END { printf "%d runs in %.1f hours of search; turns that ended in a finding: %d\n", r, s / 3600, bad; exit bad != 0 }' "$keep/turns"
