#!/bin/sh
# Make the kept corpus anew: of the seeds that seeds.c makes, of what the real programs make, of the corpus as it is and of the
# directories named (DIR/TARGET/, a soak's), the few inputs for each target that reach all that all of them reach; and every file with a
# name of its own (found-...: it once failed; edge-...: seeds.c says why), whatever it reaches.
# usage: seeds.sh [DIR...]
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
cd "$top" || exit 2
case ${1:-} in -h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;; esac
kib_max=300 # of the whole corpus: it is cloned by everybody

findings=build/fuzz/found
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
{ cmake --preset fuzz && cmake --build --preset fuzz && cmake --build --preset fuzz --target fuzz_seeds &&
	cmake --preset release && cmake --build --preset release --target yaopai; } >"$work/log" 2>&1 || { tail -30 "$work/log"; exit 1; }

real() { # real <profile>: a register of invented people
	home=$work/$1
	office="build/release/bin/yaopai --home $home --quiet"
	build/release/bin/yaopai sample "$home-sheets" --scale 0.1 &&
		$office init --demo --profile "$1" && $office keys new && $office trust sign &&
		$office import bodies "$home-sheets/bodies.csv" && $office import holders "$home-sheets/holders.csv" &&
		$office import moderators "$home-sheets/moderators.csv" && $office issue && $office publish &&
		$office export tokens --out "$home/tokens.csv" &&
		awk -F, 'NR > 1 && NR % 20 == 0 { print $4 }' "$home/tokens.csv" | tr -d '\r' | head -40 >"$home/tokens.txt"
}
for profile in intl gm; do
	real "$profile" >"$work/log" 2>&1 || { tail -30 "$work/log"; exit 1; }
	set -- "$@" "real:$profile"
done
dirs='' files=''
for arg in "$@"; do
	case $arg in
	real:*) home=$work/${arg#real:}; files="$files $home/published/bundle $home/tokens.txt $(find "$home/keys" -name '*.cert.pem' | tr '\n' ' ')" ;;
	*) dirs="$dirs $arg" ;;
	esac
done
# shellcheck disable=SC2086
build/fuzz/fuzz/seeds "$work/seeds" $files || exit 1
mkdir -p "$findings"

# What reaches code, and not what only reaches it more often: a file for every count would be thousands.
keep_few() { # keep_few <noun>: of the directories $from, into $work/corpus
	rm -rf "$work/corpus/$1"
	mkdir -p "$work/corpus/$1"
	# shellcheck disable=SC2086
	"build/fuzz/fuzz/fuzz_$1" -set_cover_merge=1 -use_counters=0 -artifact_prefix="$findings/$1-" "$work/corpus/$1" $from >"$work/log" 2>&1 || return 1
	set -- "$findings/$1-"*   # a merge passes over what crashes, and says nothing
	[ ! -e "$1" ] || { echo "these inputs fail: $*" >>"$work/log"; return 1; }
}

for target in tests/fuzz/fuzz_*.c; do
	noun=$(basename "$target" .c)
	noun=${noun#fuzz_}
	from=
	for dir in "$work/seeds/$noun" "tests/fuzz/corpus/$noun"; do [ -d "$dir" ] && from="$from $dir"; done
	for dir in $dirs; do [ -d "$dir/$noun" ] && from="$from $dir/$noun"; done
	keep_few "$noun" || { tail -30 "$work/log"; exit 1; }
	for kept in "tests/fuzz/corpus/$noun"/*[!0-9a-f]* "$work/seeds/$noun"/edge-*; do
		[ ! -f "$kept" ] || cp "$kept" "$work/corpus/$noun"
	done
	rm -rf "tests/fuzz/corpus/$noun"
	mkdir -p tests/fuzz/corpus
	cp -r "$work/corpus/$noun" "tests/fuzz/corpus/$noun"
	echo "$noun: $(find "tests/fuzz/corpus/$noun" -type f | wc -l) inputs, $(cat "tests/fuzz/corpus/$noun"/* | wc -c) bytes"
done
kib=$(($(find tests/fuzz/corpus -type f -exec cat {} + | wc -c) / 1024))
echo "in all $kib KiB; at most $kib_max"
[ "$kib" -le "$kib_max" ]
