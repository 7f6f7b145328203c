#!/bin/sh
# A thief has the issuer's real key and mints a certificate behind the register's back: signed truly, and not on the register.
set -u
. "$(dirname "$0")/lib.sh.inc"

for profile in intl gm; do
	home=$work/$profile thief=$work/thief-$profile
	"$bin/yaopai" sample "$work/sheets" --scale 0.1 >/dev/null 2>&1
	"$bin/yaopai" sample "$work/others" --scale 0.2 --seed 2 >/dev/null 2>&1
	office init --demo --profile $profile >/dev/null && office keys new >/dev/null && office trust sign >/dev/null
	cp -r "$home" "$thief" # the thief takes everything there is, before anything is issued
	small_home() { # small_home <home> <sheets>
		home=$1
		office import bodies "$2/bodies.csv" >/dev/null && office import holders "$2/holders.csv" >/dev/null &&
			office issue >/dev/null && office publish >/dev/null && office export tokens --out "$home/tokens.csv" >/dev/null
	}
	check "$profile: the register issues" small_home "$work/$profile" "$work/sheets"
	check "$profile: the thief issues with the same key" small_home "$thief" "$work/others"
	home=$work/$profile
	start_endpoint "$home" || { not_ok "the endpoint starts" "$work/yaopaid.log"; continue; }
	{ head -1 "$thief/tokens.csv" && tail -n +2 "$thief/tokens.csv" | awk -F, -v OFS=, '{ $3 = "NOT_ON_REGISTER"; print }'; } >"$work/minted.csv"
	check "$profile: every minted token is NOT_ON_REGISTER online" "$bin/yaopai-ask" --quiet --endpoint "$address" "$work/minted.csv"
	check "$profile: every issued token is as the register says" "$bin/yaopai-ask" --quiet --endpoint "$address" "$home/tokens.csv"
	check "$profile: an alert is raised" grep -q 'ALERT: the signature is this authority' "$work/yaopaid.log"
	stop_endpoint || not_ok "the endpoint stops"
	minted=$(awk -F, 'NR == 3 { print $4 }' "$work/minted.csv" | tr -d '\r')
	"$bin/yaopai-verify" --bundle "$home/published/bundle" --root "$home/keys/root.cert.pem" --brief "$minted" >"$work/offline" 2>/dev/null
	check "$profile: offline nobody can know: SECURITY.md says so" grep -qE '^(VALID|SUSPENDED|VOID)' "$work/offline"
done
finish
