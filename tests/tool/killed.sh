#!/bin/sh
# Import and issue are killed at random moments and run again: they go on, nobody is certified twice, nothing is half there.
set -u
. "$(dirname "$0")/lib.sh.inc"

home=$work/home
"$bin/yaopai" sample "$work/sheets" --scale 3 >/dev/null 2>&1
office init --demo >/dev/null && office keys new >/dev/null && office trust sign >/dev/null
office import bodies "$work/sheets/bodies.csv" >/dev/null || not_ok "bodies"

kills=0
killed_run() { # killed_run <milliseconds> <command...>: start it, kill it then
	delay=$1
	shift
	"$@" >/dev/null 2>&1 &
	victim=$!
	sleep "$(printf '0.%03d' "$delay")"
	if kill -9 "$victim" 2>/dev/null; then kills=$((kills + 1)); fi
	wait "$victim" 2>/dev/null
}

for delay in 5 15 30 45 60; do killed_run $delay "$bin/yaopai" --home "$home" --quiet import holders "$work/sheets/holders.csv"; done
exits 0 "import goes on after being killed" office import holders "$work/sheets/holders.csv" --json
cp "$work/exits.out" "$work/import.json"
rows=$(($(wc -l <"$work/sheets/holders.csv") - 1))
[ $(($(field "$work/import.json" new) + $(field "$work/import.json" unchanged))) -eq $rows ] && ok "every row is there" ||
	not_ok "every row is there" "$work/import.json"
exits 0 "a second import changes nothing" office import holders "$work/sheets/holders.csv" --json
[ "$(field "$work/exits.out" unchanged)" -eq $rows ] && ok "all $rows rows are unchanged" || not_ok "all rows are unchanged" "$work/exits.out"

for delay in 3 8 15 25 40 60; do killed_run $delay "$bin/yaopai" --home "$home" --quiet issue --transaction 64; done
exits 0 "issue goes on after being killed" office issue --json
exits 0 "issuing again issues nothing" office issue --json
[ "$(field "$work/exits.out" issued)" -eq 0 ] && ok "nobody is certified twice" || not_ok "nobody is certified twice" "$work/exits.out"
for delay in 3 10 20; do killed_run $delay "$bin/yaopai" --home "$home" --quiet publish; done
exits 0 "publish works after being killed" office publish
office export tokens --out "$home/tokens.csv" >/dev/null
live=$(awk -F, 'NR > 1 && $14 !~ /注销|吊销|撤销/' "$work/sheets/holders.csv" | wc -l)
tokens=$(($(wc -l <"$home/tokens.csv") - 1))
numbers=$(tail -n +2 "$home/tokens.csv" | cut -d, -f1 | sort -u | wc -l)
[ "$tokens" -eq "$live" ] && [ "$numbers" -eq "$live" ] && ok "one token for each of $live live certificates" ||
	not_ok "one token for each live certificate ($tokens tokens, $numbers numbers, $live rows)"
tail -n +2 "$home/tokens.csv" | cut -d, -f4 | "$bin/yaopai-verify" --bundle "$home/published/bundle" --root "$home/keys/root.cert.pem" --brief - >"$work/verdicts" 2>/dev/null
tail -n +2 "$home/tokens.csv" | tr -d '\r' | awk -F, '{ print $3 "\t" $1 }' >"$work/expected"
check "every token is judged as the register says" cmp "$work/expected" "$work/verdicts"
start_endpoint "$home" && ok "the published lists fit the journal" && stop_endpoint
[ "$kills" -gt 0 ] && ok "some runs were really killed" || not_ok "no run was killed: the delays are too long for this machine"
finish
