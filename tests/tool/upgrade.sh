#!/bin/sh
# A register of an older version is read, restored, proved, upgraded by the first write, and goes on; one of a newer version is refused.
set -u
. "$(dirname "$0")/lib.sh.inc"
golden=$top/tests/golden

for profile in intl gm; do
	home=$work/$profile
	mkdir -p "$home/keys" && cp "$golden/register-$profile.v1.keys/"*.key "$home/keys/" && chmod -R go= "$home"
	exits 0 "a register of version 1, profile $profile, is restored" office restore "$golden/register-$profile.v1.cbor"
	exits 0 "it is read as it is" office show --json
	says "and holds what it held" '"sequence":58.*'
	says "with what was suspended and what is void" '"suspended":1,"void":2'
	exits 0 "it audits clean" office audit
	says "to the last signature" '58 events, .* 15 signatures, 12 persons with sealed rows'
	office export tokens --out "$work/tokens.csv" >/dev/null
	cut -d, -f1,2 "$golden/register-$profile.v1.csv" >"$work/a" && cut -d, -f1,2 "$work/tokens.csv" | tr -d '\r' >"$work/b"
	check "every certificate is there under its number" cmp "$work/a" "$work/b"
	exits 0 "it can be rebuilt" office rebuild
	exits 0 "and backed up" office backup "$work/$profile.again"
	number=$(sed -n '5s/,.*//p' "$golden/register-$profile.v1.csv")
	exits 0 "the first write" office suspend "$number" --ground art.9 --organ Office --document 8
	says "upgrades it, and it says so" 'upgraded from version 1 to version 2; older programs refuse it'
	exits 0 "the second does not" office reinstate "$number" --ground art.9 --organ Office --document 9
	check "and is silent" sh -c '! grep -q upgraded "$1"' _ "$work/exits.log"
	exits 0 "the upgraded register audits clean" office audit
	exits 0 "and its backup" office backup "$work/$profile.upgraded"
	rm -rf "$work/new" && mkdir -p "$work/new/keys" && cp "$home/keys/check.key" "$home/keys/seal.key" "$work/new/keys/" && chmod -R go= "$work/new"
	exits 0 "restores to an upgraded one" "$bin/yaopai" --home "$work/new" --quiet restore "$work/$profile.upgraded"
	exits 0 "which is not upgraded again" "$bin/yaopai" --home "$work/new" --quiet suspend "$number" --ground art.9 --organ Office --document 8
	check "and is silent, too" sh -c '! grep -q upgraded "$1"' _ "$work/exits.log"
done
finish
