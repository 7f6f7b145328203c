#!/bin/sh
# An inspection site over the months: set up, updated by USB stick, attacked with old and altered bundles, its clock wrong, its
# officers in pairs, its checks in a log.
set -u
. "$(dirname "$0")/lib.sh.inc"

verify() { "$bin/yaopai-verify" "$@"; }
small_register "$work/register" intl || { not_ok "a small register can be made"; finish; }
root=$home/keys/root.cert.pem bundle=$home/published/bundle site=$work/site
row=$(row_of enforcement VALID)
number=${row%%,*} token=${row##*,}

# setting up
exits 2 "a site without a root cannot be set up" verify setup --state "$site"
exits 2 "nor with what is no root" verify setup --state "$site" --root "$home/keys/issuer.cert.pem"
check "a refused set-up leaves nothing behind" test ! -e "$site/roots"
exits 2 "nor with a name of control characters" verify setup --state "$site" --root "$root" --site "$(printf 'a\033b')"
exits 0 "a site is set up" verify setup --state "$site" --root "$root" --site "Toll station 3"
says "it says what comes next" 'yaopai-verify update'
check "nobody else may read or write it" test "$(stat -c %a "$site")" = 700
exits 0 "setting up again changes nothing" verify setup --state "$site" --root "$root"
says "it says so" 'pinned already'
exits 2 "judging needs a bundle first" verify --state "$site" "$token"
says "it says how to bring one" 'yaopai-verify update BUNDLE'
exits 2 "a directory that was not set up" verify --state "$work" "$token"
says "it says how to set one up" 'yaopai-verify setup'
exits 2 "status of a directory that was not set up" verify status --state "$work"

# installing
cp "$bundle" "$work/first"
exits 2 "a bundle that is not there" verify update --state "$site" "$work/none"
exits 2 "two bundles at once" verify update --state "$site" "$bundle" "$bundle"
exits 1 "noise is refused" verify update --state "$site" "$root"
says "it says that nothing was changed" 'REFUSED, nothing was changed'
exits 0 "the first bundle is installed" verify update --state "$site" "$bundle"
says "it is fresh" 'installed: fresh'
exits 0 "the same again" verify update --state "$site" "$bundle"
says "it is installed already" 'installed already'
exits 0 "it is used" verify --brief --state "$site" "$token"
says "the certificate is valid" "^VALID	$number\$"
exits 0 "the directory may come from the environment" env YAOPAI_STATE="$site" "$bin/yaopai-verify" --brief "$token"
exits 0 "status says fresh" verify status --state "$site"
says "fresh" '^bundle: fresh'
exits 0 "status as JSON" verify status --state "$site" --json
says "JSON: fresh, one list" '"bundle":"fresh".*"status_lists":1'
exits 0 "JSON answers say that there is a memory" verify --json --state "$site" "$token"
says "rollback memory" '"rollback_memory":true'
exits 0 "without a state directory there is none" verify --json -b "$bundle" -r "$root" "$token"
says "and it says so" 'note: without --state nothing is remembered'
says "in JSON too" '"rollback_memory":false'

# a newer one, and the way back that must not exist
check "the certificate is revoked" office revoke "$number" --ground g --organ o --document d
sleep 1
check "and published" office publish
exits 0 "from standard input" sh -c "'$bin/yaopai-verify' update --state '$site' - <'$bundle'"
says "an update tells before and after" 'before: '
exits 1 "it is void now" verify --brief --state "$site" "$token"
says "VOID" '^VOID'
cp "$bundle" "$work/second"
exits 1 "the older bundle is refused" verify update --state "$site" "$work/first"
says "it names both times" 'made 2.*before the one of 2'
exits 2 "and cannot be used beside the memory either" verify --brief --state "$site" --bundle "$work/first" "$token"
says "because a newer one was accepted" 'accepted before'
exits 1 "it is still void" verify --brief --state "$site" "$token"
cp "$work/first" "$site/bundle"
exits 2 "put there by hand, it is noticed" verify --brief --state "$site" "$token"
cp "$work/second" "$site/bundle"
rm "$site/memory"
exits 1 "a lost memory: the installed bundle is remembered all the same" verify update --state "$site" "$work/first"
exits 0 "the newest is installed again" verify update --state "$site" "$work/second"
printf 'junk' >"$site/memory"
exits 2 "a damaged memory is told" verify --brief --state "$site" "$token"
says "with what to do" 'without it an older bundle would not be noticed'
rm "$site/memory"
exits 1 "without it the bundle teaches it anew" verify --brief --state "$site" "$token"
check "the memory is there again" test -s "$site/memory"

# altered on the way
size=$(wc -c <"$bundle")
for at in 1 20 300 $((size / 2)) $((size - 30)); do
	{ head -c $((at - 1)) "$bundle"; printf '\377'; tail -c +$((at + 1)) "$bundle"; } >"$work/bent"
	cmp -s "$work/bent" "$bundle" && continue
	exits 1 "byte $at altered: refused" verify update --state "$site" "$work/bent"
done
head -c $((size - 1)) "$bundle" >"$work/cut"
exits 1 "cut by one byte: refused" verify update --state "$site" "$work/cut"
check "what is installed is as it was" cmp "$site/bundle" "$work/second"
small_register "$work/stranger" intl >/dev/null
exits 1 "another authority's bundle is refused" verify update --state "$site" "$home/published/bundle"
says "it says whose root is missing" 'no trust list signed by'

# two authorities side by side
exits 0 "the other authority's root is pinned too" verify setup --state "$site" --root "$home/keys/root.cert.pem"
other=$(row_of enforcement VALID | sed 's/.*,//')
exits 0 "its bundle is installed beside" verify update --state "$site" "$home/published/bundle"
says "what was there stays" 'lists of other authorities stay'
exits 0 "its certificate is valid" verify --brief --state "$site" "$other"
exits 1 "the first authority's is still void" verify --brief --state "$site" "$token"
says "VOID, not unknown" '^VOID'
home=$work/register

# a gate that runs all day
mkfifo "$work/gate"
verify --brief --quiet --state "$site" - <"$work/gate" >"$work/gate.out" 2>"$work/gate.log" &
gate=$!
exec 7>"$work/gate"
later=$(awk -F, 'NR > 2 && $2 == "enforcement" && $3 == "VALID" { print $1 "," $4 }' "$home/tokens.csv" | tr -d '\r' | sed -n 5p)
echo "${later#*,}" >&7
for _ in $(seq 50); do [ -s "$work/gate.out" ] && break; sleep 0.1; done
check "a line is answered before the next one comes" grep -q "^VALID	${later%%,*}" "$work/gate.out"
check "meanwhile it is suspended" office suspend "${later%%,*}" --ground g --organ o --document d --end 2099-01-01
sleep 1
check "published" office publish
check "and installed" verify update --state "$site" "$bundle"
echo "${later#*,}" >&7
exec 7>&-
wait "$gate"
check "the next line knows it" grep -q "^SUSPENDED" "$work/gate.out"

# strictness
good=$(awk -F, 'NR > 2 && $2 == "enforcement" && $3 == "VALID" { print }' "$home/tokens.csv" | tr -d '\r' | sed -n 2p | sed 's/.*,//')
exits 0 "an age that the list keeps" verify --brief --state "$site" --max-age 7d "$good"
exits 1 "an age that it does not" verify --brief --state "$site" --max-age 60 --now "$(date -u -d '+5 minutes' +%Y-%m-%dT%H:%M:%SZ)" "$good"
says "STATUS_UNKNOWN" '^STATUS_UNKNOWN'
exits 1 "no age makes an expired list good" verify --brief --state "$site" --max-age 365d --now "$(date -u -d '+8 days' +%Y-%m-%dT%H:%M:%SZ)" "$good"
for age in 0 -1 1y 15x '' 99999d; do exits 2 "--max-age '$age' is no span" verify --state "$site" --max-age "$age" "$good"; done
exits 1 "a site that asks for live codes takes no printed card" verify --brief --state "$site" --live "$good"
says "POSSESSION_UNPROVEN" '^POSSESSION_UNPROVEN'
exits 1 "nor one that sets a challenge" verify --brief --state "$site" --challenge 00112233445566778899aabbccddeeff "$good"
for challenge in 00 zz 0011223344556 "$(printf '%0130d' 0)"; do exits 2 "--challenge $(printf %.8s "$challenge").. is refused" verify --state "$site" --challenge "$challenge" "$good"; done
exits 2 "--once does not go with --now" verify --state "$site" --once --now 2026-01-01 "$good"

# officers together
# two of one body and one of another, from the register's own table
officers=$(tail -n +2 "$home/tokens.csv" | tr -d '\r' | awk -F, '$2 == "enforcement" && $3 == "VALID" { print $4 }')
for t in $officers; do echo "$t"; done >"$work/officers"
verify --json --state "$site" -f "$work/officers" | sed 's/.*"verdict":"\([A-Z_]*\)".*"body_uscc":"\([^"]*\)".*"fields":\[\([0-9]*\).*"jurisdiction":\([0-9]*\).*/\1 \2 \3 \4/' >"$work/facts"
paste -d' ' "$work/facts" "$work/officers" | grep '^VALID' | sort -k2,2 -s >"$work/table"
pair=$(awk '{ n[$2]++; if (n[$2] == 2) { print $2; exit } }' "$work/table")
one=$(awk -v b="$pair" '$2 == b { print $5; exit }' "$work/table")
two=$(awk -v b="$pair" '$2 == b { if (++n == 2) { print $5; exit } }' "$work/table")
third=$(awk -v b="$pair" '$2 != b { print $5; exit }' "$work/table")
field=$(awk -v b="$pair" '$2 == b { print $3; exit }' "$work/table")
place=$(awk -v b="$pair" '$2 == b { print $4; exit }' "$work/table")
together() { verify --brief --state "$site" --group "$@"; }
exits 0 "two officers of one body" together "$one" "$two"
says "GOOD" '^GOOD'
exits 0 "who hold the field, in their place" together --field "$field" --jurisdiction "$place" "$one" "$two"
exits 1 "one alone" together "$one"
says "TOO_FEW" '^TOO_FEW'
exits 1 "one twice" together "$one" "$one"
says "SAME_PERSON" '^SAME_PERSON'
exits 1 "two bodies" together "$one" "$third"
says "OTHER_BODY" '^OTHER_BODY'
exits 1 "a joint inspection with one of each body" together --joint "$one" "$third"
says "TOO_FEW of a body" '^TOO_FEW'
exits 0 "a joint inspection of one body" together --joint --body "$pair" "$one" "$two"
exits 1 "a body that sent nobody" together --joint --body 11370800MB28559184 "$one" "$two"
exits 1 "a field they do not hold" together --field 255 "$one" "$two"
says "FIELD_NOT_COVERED" '^FIELD_NOT_COVERED'
exits 1 "another province" together --jurisdiction 13 "$one" "$two"
says "JURISDICTION_NOT_COVERED" '^JURISDICTION_NOT_COVERED'
exits 1 "with one that is void" together "$one" "$two" "$token"
says "MEMBER_NOT_GOOD" '^MEMBER_NOT_GOOD'
exits 1 "with a moderator" together "$one" "$(row_of moderator VALID | sed 's/.*,//')"
says "WRONG_KIND" '^WRONG_KIND'
exits 0 "as JSON" verify --json --state "$site" --group "$one" "$two"
says "JSON: the group" '"group":"GOOD","code":1'
exits 0 "for people" verify --state "$site" --group "$one" "$two"
says "in words" '\[ GOOD \] together'
exits 0 "in Chinese" env LC_ALL=zh_CN.UTF-8 "$bin/yaopai-verify" --state "$site" --group "$one" "$two"
says "Chinese words" '【符合要求】'
for i in $(seq 33); do echo "$one"; done >"$work/crowd"
exits 2 "thirty-three at once" together -f "$work/crowd"
exits 2 "--field without --group" verify --state "$site" --field 1 "$one"
exits 2 "--body without --joint" together --body "$pair" "$one" "$two"
exits 2 "a field that is none" together --field fishing "$one" "$two"
exits 0 "a field by name" sh -c "'$bin/yaopai-verify' --brief --state '$site' --group --field '$(verify --json --state "$site" "$one" >/dev/null; echo "$field")' '$one' '$two'"
exits 2 "a place that is none" together --jurisdiction Atlantis "$one" "$two"

# the log
check "the checks are in the log" test -s "$site/log"
exits 0 "the log holds" verify log verify --state "$site"
before=$(verify log export --state "$site" --format json 2>/dev/null | grep -c '"record"')
verify --brief --state "$site" --site "Lane 2" --purpose "case 17" "$good" >/dev/null
verify --brief --state "$site" -f "$work/officers" >/dev/null
after=$(verify log export --state "$site" --format json 2>/dev/null | grep -c '"record"')
check "each check of a list is one record" test "$after" -eq $((before + 1 + $(wc -l <"$work/officers")))
exits 0 "site and purpose are in it" verify log export --state "$site" --format json
says "Lane 2, case 17" 'Lane 2.*case 17'
cut -d, -f2 "$work/sheets/holders.csv" | tail -n +2 | sort -u >"$work/names"
if grep -q -a -F -f "$work/names" "$site/log"; then not_ok "no holder's name is in it"; else ok "no holder's name is in it"; fi
exits 0 "a log of its own, without a state directory" verify --brief -b "$bundle" -r "$root" --log "$work/own.log" "$good"
exits 0 "it holds too" verify log verify --log "$work/own.log"
exits 2 "a log that cannot be written: judged, but not logged" verify --brief -b "$bundle" -r "$root" --log "$work/none/log" "$good"
says "the verdict is told" '^VALID'
says "and that it was not logged" 'NOT logged'

# the clock
if faketime -f '+0' "$bin/yaopai-verify" --version >/dev/null 2>&1; then
	exits 2 "a clock two days behind: nothing is judged" faketime -f -2d "$bin/yaopai-verify" --brief --state "$site" "$good"
	says "because the clock is behind" 'the clock is behind'
	exits 1 "status says so" faketime -f -2d "$bin/yaopai-verify" status --state "$site"
	says "with the seconds" 'at least [0-9]+ s behind'
	exits 0 "an update is installed all the same" faketime -f -2d "$bin/yaopai-verify" update --state "$site" "$bundle"
	says "with a warning" 'WARNING: this device'
	exits 0 "to examine the past is allowed" faketime -f -2d "$bin/yaopai-verify" --brief --state "$site" --now "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$good"
	exits 0 "four minutes behind is within what clocks may differ" faketime -f -240s "$bin/yaopai-verify" --brief --state "$site" "$good"
	exits 0 "an hour later it is stale, and valid" faketime -f +1h "$bin/yaopai-verify" --state "$site" "$good"
	says "stale, to be seen" 'bundle +stale; bring a newer one soon'
	exits 1 "status says stale" faketime -f +1h "$bin/yaopai-verify" status --state "$site"
	says "stale" '^bundle: stale'
	exits 1 "eight days later it has expired" faketime -f +8d "$bin/yaopai-verify" --state "$site" "$good"
	says "expired, to be seen" 'bundle +expired; bring a newer one before judging'
	exits 1 "status says expired" faketime -f +8d "$bin/yaopai-verify" status --state "$site"
	says "expired" '^bundle: expired'
else
	echo "skip - clocks that are wrong (faketime does not go with this build)"
fi
finish
