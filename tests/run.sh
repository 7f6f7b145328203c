#!/bin/sh
# Install what the tests need, build, and run all of them.  Last line: N passed, N failed, N skipped.
#   --bench   also the measurements of tests/bench (full size, both profiles; half an hour)
#   --second  also 100,000 mutants judged by the second verifier (minutes)
#   --coverage  also the branch coverage of the verifier and the parsers (tests/coverage.sh)
#   --bitrot  10,000 flipped bits instead of sixty (tests/fault/bitrot.sh; twenty minutes)
#   --crash   also 1,000 kills at random moments (tests/crash/run.sh; minutes); --crash=10000: as many
#   --fuzz    also a minute of search with each fuzz target (tests/fuzz/run.sh); without it their kept corpus is replayed
#   --sanitized  also the tool tests under ASan + UBSan that take long (minutes); without it those of quick_sanitized below
#   --only P  only the tests whose name matches the pattern P (unit, tool, arch)
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top" || exit 2
. tools/packages.sh
bench= fuzz= second= coverage= only= sanitized= flips=60 kills=
# The tool tests whose programs read most from outside, and those of backup and audit: under sanitizers in every run.
quick_sanitized='audit backup endpoint import import_xlsx library upgrade verifier'
while [ $# -gt 0 ]; do
	case $1 in
	--bench) bench=1 ;;
	--bitrot) flips=10000 ;;
	--crash) kills=1000 ;;
	--crash=*[!0-9]* | --crash=) echo "tests/run.sh: $1: a number of kills was wanted" >&2; exit 2 ;;
	--crash=*) kills=${1#--crash=} ;;
	--fuzz) fuzz=1 ;;
	--second) second=1 ;;
	--coverage) coverage=1 ;;
	--sanitized) sanitized=1 ;;
	--only) only=$2; shift ;;
	-h | --help) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 0 ;;
	*) echo "tests/run.sh: unknown option $1 (see --help)" >&2; exit 2 ;;
	esac
	shift
done

# shellcheck disable=SC2086
packages_need $packages_build $packages_run $packages_test || exit 2
began=$(date +%s)
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT INT TERM
kept=$work/kept       # what tests of the release build leave behind, for tests/leak.sh
mkdir "$kept"
passed=0 failed=0 skipped=0
YAOPAI_VECTORS=${YAOPAI_VECTORS:-$(cd "$top/../shared/vectors" 2>/dev/null && pwd)}
export YAOPAI_VECTORS

count() { # count <log> <exit code> <name> [seconds]: add up what one test printed
	ok=$(grep -cE '^(\[       OK \]|ok - )' "$1")
	bad=$(grep -cE '^(\[  FAILED  \] [a-z_A-Z0-9]+$|not ok - )' "$1")
	skip=$(grep -cE '^(\[  SKIPPED \] [a-z_A-Z0-9]+$|skip - )' "$1")
	if [ "$2" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
	if [ "$2" -eq 0 ] && [ $((ok + skip)) -eq 0 ]; then ok=1; fi
	passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
	if [ "$2" -ne 0 ] || [ "$bad" -ne 0 ]; then
		echo "FAILED $3 (exit $2):"
		grep -vE '^\[ *(OK|RUN) *\]|^ok - ' "$1" | tail -60
	else
		echo "passed $3 ($ok$([ "$skip" -eq 0 ] || echo ", $skip skipped")$([ "${4:-0}" -lt 5 ] || echo ", $4 s"))"
	fi
	grep -E '^skip - |SKIP:|^[0-9]+ faults in ' "$1" | sort -u
}

wanted() { # wanted <name>
	[ -z "$only" ] || printf '%s' "$1" | grep -q "$only"
}

build() { # build <preset>
	echo "== build $1"
	{ cmake --preset "$1" >"$work/build-$1.log" 2>&1 && cmake --build --preset "$1" >>"$work/build-$1.log" 2>&1; } && return 0
	grep -E 'error|warning|FAILED' -A5 "$work/build-$1.log" | head -60
	failed=$((failed + 1))
	return 1
}

summary() {
	echo "took $(($(date +%s) - began)) s"
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ]
	exit
}

run_units() { # run_units <preset>
	find "build/$1/unit" "build/$1/fault" -name 'test_*' -type f -perm -u+x 2>/dev/null | sort >"$work/units"
	while read -r unit; do
		name="unit/$1/$(basename "$unit")"
		wanted "$name" && echo "$unit"
	done <"$work/units" >"$work/wanted"
	# shellcheck disable=SC2016
	[ "$1" != release ] || { mkdir -p "$kept/units" && export YAOPAI_KEEP="$kept/units"; }
	TMPDIR=${YAOPAI_KEEP:-${TMPDIR:-/tmp}} xargs -P 2 -I{} sh -c 'log=$2/$(basename "$1") began=$(date +%s)
		timeout 600 "$1" >"$log.log" 2>&1 </dev/null; echo $? $(($(date +%s) - began)) >"$log.code"' _ {} "$work" <"$work/wanted"
	unset YAOPAI_KEEP
	while read -r unit; do
		base="$work/$(basename "$unit")"
		read -r code took <"$base.code"
		count "$base.log" "$code" "unit/$1/$(basename "$unit")" "$took"
	done <"$work/wanted"
}

run_script() { # run_script <name> <command...>
	name=$1
	shift
	wanted "$name" || return 0
	started=$(date +%s)
	timeout "${script_seconds:-400}" "$@" >"$work/script.log" 2>&1 </dev/null
	count "$work/script.log" $? "$name" $(($(date +%s) - started))
}

run_scripts() { # run_scripts <file of lines: name script bindir>: two at a time, told in order
	while read -r name script bindir; do
		wanted "$name" && echo "$name $script $bindir"
	done <"$1" >"$work/pool"
	# shellcheck disable=SC2016
	xargs -P 2 -L 1 sh -c 'log=$1/$(echo "$2" | tr / -) began=$(date +%s)
		case $2 in tool/release/*) export YAOPAI_KEEP=$1/kept ;; esac
		timeout 600 "$3" "$PWD/$4" >"$log.log" 2>&1 </dev/null; echo $? $(($(date +%s) - began)) >"$log.code"' _ "$work" <"$work/pool" 2>/dev/null
	while read -r name script bindir; do
		log=$work/$(echo "$name" | tr / -)
		read -r code took <"$log.code"
		count "$log.log" "$code" "$name" "$took"
	done <"$work/pool"
}

echo "== rules of the tree"
for rule in tests/arch/*.sh; do run_script "arch/$(basename "$rule" .sh)" "$rule"; done

build release || summary
build asan || summary
build clang || summary
build tsan || summary

echo "== unit tests"
run_units release
run_units asan
run_units tsan          # what several threads do at once

echo "== kept fuzz corpus"
for source in tests/fuzz/fuzz_*.c; do
	noun=$(basename "$source" .c | sed 's/^fuzz_//')
	for preset in release asan; do
		run_script "fuzz/$preset/$noun" "build/$preset/fuzz/fuzz_$noun" "tests/fuzz/corpus/$noun"
	done
done

echo "== faults"
for preset in release asan; do run_script "fault/$preset/calls" tests/fault/calls.sh "build/$preset"; done
script_seconds=3600
run_script fault/release/bitrot tests/fault/bitrot.sh "$top/build/release/bin" "$flips" "$(date +%s)" 10
if [ -n "$kills" ]; then
	script_seconds=20000
	run_script crash/release tests/crash/run.sh "$top/build/release/bin" --kills "$kills"
	tail -20 "$work/script.log" | grep -vE '^(ok|not ok) - '   # which commands were killed, and when
fi
script_seconds=

echo "== tool tests"
run_script tool/release/quickstart tests/tool/quickstart.sh "$top/build/release/bin"   # alone: it tells rates
for preset in release asan; do
	for script in tests/tool/*.sh; do
		case $script in */quickstart.sh) continue ;; esac   # under sanitizers its figures mean nothing
		[ "$preset" = release ] || [ -n "$sanitized" ] || echo "$quick_sanitized" | grep -qw "$(basename "$script" .sh)" || continue
		echo "tool/$preset/$(basename "$script" .sh) $script build/$preset/bin"
	done
done >"$work/scripts"
echo "tool/clang/library tests/tool/library.sh build/clang/bin" >>"$work/scripts"   # what is linked depends on the compiler
run_scripts "$work/scripts"

echo "== what the tests left behind"
[ -n "$only" ] || run_script leak tests/leak.sh build/release "$work"

echo "== other implementations"
run_script interop/release tests/interop/run.sh "$top/build/release/bin"
run_script second/release tests/second/run.sh "$top/build/release/bin"   # and 4000 mutants, of other keys each time
if [ -n "$second" ]; then
	tests/second/run.sh "$top/build/release/bin" --mutants 100000 1 >"$work/second.log" 2>&1
	count "$work/second.log" $? second/mutants
fi

if [ -n "$coverage" ]; then
	tests/coverage.sh >"$work/coverage.log" 2>&1
	count "$work/coverage.log" $? coverage
fi

if [ -n "$fuzz" ]; then
	echo "== fuzz search"
	tests/fuzz/run.sh >"$work/fuzz.log" 2>&1
	count "$work/fuzz.log" $? fuzz/search
fi

if [ -n "$bench" ]; then
	echo "== measurements"
	# shellcheck disable=SC2086
	packages_need $packages_bench || exit 2
	tests/bench/run.sh
	count /dev/null $? bench
fi
summary
