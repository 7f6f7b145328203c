#!/bin/sh
# A second verifier, written from docs/formats.md alone, judges the same objects as ours (tests/second/README.md).
# usage: run.sh BINDIR [--mutants N [SEED]]
set -u
bin=$1
here=$(cd "$(dirname "$0")" && pwd)
mutants=4000 seed=20261124
if [ "${2:-}" = --mutants ]; then mutants=$3 seed=${4:-$seed}; fi
command -v node >/dev/null || { echo "skip - a second verifier (node is not installed)"; exit 0; }
emit=$(cd "$bin/../second" && pwd)/emit
cd "$here/../.." || exit 2
failed=0

compare() { # compare <what> <emit's arguments>: its lines, with what was compared
	what=$1
	shift
	{ "$emit" "$@" || echo '{"broken'; } | node "$here/compare.mjs" | sed "s#^\(not \)\{0,1\}ok - #&$what: #" >"$out"
	cat "$out"
	grep -q '^ok - ' "$out" || failed=1
}

out=$(mktemp) || exit 2
trap 'rm -f "$out"' EXIT
compare "all of tests/verdicts.txt, three algorithms" cases
while [ "$mutants" -gt 0 ]; do
	portion=$((mutants > 20000 ? 20000 : mutants))
	compare "$portion mutants of seed $seed" mutants "$portion" "$seed"
	mutants=$((mutants - portion)) seed=$((seed + 1))
done
exit $failed
