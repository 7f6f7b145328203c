#!/bin/sh
# The drill for a compromised issuing key (docs/operations.md): another key, one new trust list, everybody reissued, published; killed
# in the middle and run again.  A thief's certificates and the old ones are good no more, the new ones are.
#   compromise.sh BINDIR [--scale N]   with N thousand holders it prints the time of each step as one JSON object
set -u
. "$(dirname "$0")/lib.sh.inc"
scale=0.1 timed=
[ "${2:-}" != --scale ] || { scale=$3 timed=1; }

now() { date +%s.%N; }
began=
lap() { # lap <name>: seconds since the last lap
	t=$(now)
	[ -z "$began" ] || printf '"%s_seconds":%s,' "$1" "$(awk -v a="$began" -v b="$t" 'BEGIN { printf "%.2f", b - a }')" >>"$work/laps"
	began=$(now)
}
kid_of() { office keys show --json | tr '{' '\n' | sed -n "s/.*\"role\":\"$1\",\"state\":\"present\".*\"kid\":\"\([0-9a-f]*\)\".*/\1/p"; }
verdicts() { tail -n +2 "$1" | cut -d, -f4 | "$bin/yaopai-verify" --bundle "$home/published/bundle" --root "$home/keys/root.cert.pem" --brief - 2>/dev/null | cut -f1 | sort | uniq -c | awk '{ print $2 ":" $1 }' | tr '\n' ' '; }
drill() { # the steps of docs/operations.md
	began=$(now)
	exits 0 "another issuing key" office keys rotate issuer --destroy-former-key
	exits 0 "the root calls the old one compromised" office trust compromise "$stolen"
	says "and tells how many are to be reissued" "reissue them with yaopai issue --reissue-signed-by $stolen"
	lap keys
}

for profile in intl gm; do
	[ -z "$timed" ] || [ "$profile" = "${4:-intl}" ] || continue
	home=$work/$profile
	[ -d "$work/sheets" ] || "$bin/yaopai" sample "$work/sheets" --scale "$scale" >/dev/null 2>&1
	small_register "$home" $profile || not_ok "$profile: a register"
	stolen=$(kid_of issuer)
	before=$home/tokens.csv n=$(($(wc -l <"$home/tokens.csv") - 1))
	good=$(verdicts "$before")
	: >"$work/laps"
	drill
	exits 0 "$profile: everybody is reissued" office issue --reissue-compromised --json
	cp "$work/exits.out" "$work/issue.json"
	lap reissue
	exits 0 "$profile: publish" office publish
	lap publish
	[ "$(field "$work/issue.json" replaced)" -eq "$n" ] && ok "$profile: each of $n certificates" || not_ok "$profile: each of $n certificates" "$work/issue.json"
	office export tokens --out "$work/after.csv" >/dev/null
	[ "$(verdicts "$before")" = "ISSUER_NOT_ALLOWED:$n " ] && ok "$profile: no old token is good offline" || not_ok "$profile: no old token is good offline ($(verdicts "$before"))"
	[ "$(verdicts "$work/after.csv")" = "$good" ] && ok "$profile: the new ones are what the old ones were" || not_ok "$profile: the new ones are what the old ones were ($(verdicts "$work/after.csv"), $good)"
	check "$profile: the numbers are the same" sh -c 'cut -d, -f1 "$1" >"$3.a"; cut -d, -f1 "$2" >"$3.b"; cmp "$3.a" "$3.b"' _ "$before" "$work/after.csv" "$work/numbers"
	check "$profile: the stolen key is not on this machine" sh -c '! [ -e "$1/keys/former/issuer-$2.key.pem" ]' _ "$home" "$stolen"
	start_endpoint "$home" || { not_ok "the endpoint starts" "$work/yaopaid.log"; continue; }
	{ head -1 "$before" && tail -n +2 "$before" | awk -F, -v OFS=, '{ $3 = "ISSUER_NOT_ALLOWED"; print }'; } >"$work/old.csv"
	check "$profile: online the old ones are refused" "$bin/yaopai-ask" --quiet --endpoint "$address" ${timed:+--draw 1000} "$work/old.csv"
	check "$profile: online the new ones are as the register says" "$bin/yaopai-ask" --quiet --endpoint "$address" ${timed:+--draw 1000} "$work/after.csv"
	stop_endpoint || not_ok "the endpoint stops"
	exits 0 "$profile: reissuing again" office issue --reissue-compromised --json
	says "finds nobody" '"issued":0'
	[ -z "$timed" ] || printf '{%s"credentials":%s,"issue_seconds":%s}\n' "$(cat "$work/laps")" "$n" "$(field "$work/issue.json" seconds)"
done
[ -z "$timed" ] || finish

# killed in the middle
home=$work/killed
rm -rf "$work/sheets"
"$bin/yaopai" sample "$work/sheets" --scale 3 >/dev/null 2>&1
small_register "$home" intl || not_ok "a larger register"
stolen=$(kid_of issuer) n=$(($(wc -l <"$home/tokens.csv") - 1)) kills=0
drill
for delay in 8 15 25 40 60 80; do
	"$bin/yaopai" --home "$home" --quiet issue --reissue-compromised --transaction 64 >/dev/null 2>&1 &
	victim=$!
	sleep "$(printf '0.%03d' $delay)"
	if kill -9 $victim 2>/dev/null; then kills=$((kills + 1)); fi
	wait $victim 2>/dev/null
done
[ $kills -gt 0 ] && ok "some runs were really killed" || not_ok "no run was killed: the delays are too long for this machine"
exits 0 "reissuing goes on after being killed" office issue --reissue-compromised
exits 0 "and is done" office issue --reissue-compromised --json
says "with nobody left" '"issued":0'
exits 0 "publish" office publish --json
[ "$(field "$work/exits.out" credentials)" -eq $((2 * n)) ] && ok "nobody was reissued twice" || not_ok "nobody was reissued twice" "$work/exits.out"
[ "$(field "$work/exits.out" void)" -eq "$n" ] && ok "each old one is void" || not_ok "each old one is void" "$work/exits.out"
finish
