#!/bin/sh
# Another root, with an overlap in which both are published; and the roots of two provinces side by side.  Follows
# docs/operations.md.
set -u
. "$(dirname "$0")/lib.sh.inc"

is() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1 (got $2, wanted $3)"; fi; }
kid_of() { office keys show --json | tr '{' '\n' | sed -n "s/.*\"role\":\"$1\",\"state\":\"${2:-present}\".*\"kid\":\"\([0-9a-f]*\)\".*/\1/p" | tail -1; }
judged() { # judged <bundle> <tokens.csv> <root>...: the verdicts, each once
	lists=$1 csv=$2
	shift 2
	roots=
	for r in "$@"; do roots="$roots --root $r"; done
	# shellcheck disable=SC2086
	tail -n +2 "$csv" | cut -d, -f4 | "$bin/yaopai-verify" --bundle "$lists" $roots --brief - 2>/dev/null | cut -f1 | sort | uniq -c |
		awk '{ print $2 ":" $1 }' | tr '\n' ' ' | sed 's/ $//'
}

for profile in intl gm; do
	home=$work/$profile
	small_register "$home" $profile || not_ok "$profile: a small register"
	bundle=$home/published/bundle old=$(kid_of root) old_issuer=$(kid_of issuer)
	cp "$home/keys/root.cert.pem" "$work/old.pem"
	cp "$home/tokens.csv" "$work/old.csv"
	good=$(judged "$bundle" "$work/old.csv" "$work/old.pem")
	n=$(($(wc -l <"$work/old.csv") - 1))

	# months before: the root to come
	exits 0 "$profile: prepare a root" office keys rotate root --prepare
	says "says what the sites are to do" 'every site pin .*/coming/keys/root.cert.pem'
	exits 2 "$profile: prepare another" office keys rotate root --prepare
	says "there is one already" 'already'
	coming=$(kid_of root coming)
	cp "$home/coming/keys/root.cert.pem" "$work/new.pem"
	rm "$home/coming/keys/root.key.pem" # offline
	exits 0 "$profile: publish" office publish --json
	says "under the one root" '"roots":1'
	is "$profile: a site that pins both finds all good" "$(judged "$bundle" "$work/old.csv" "$work/old.pem" "$work/new.pem")" "$good"

	# the change: needs neither root's private key
	mv "$home/keys/root.key.pem" "$work/old.key.pem"
	exits 2 "$profile: only a root is prepared" office keys rotate issuer --prepare
	exits 0 "$profile: change the root" office keys rotate root
	is "$profile: the prepared one is the present one" "$(kid_of root)" "$coming"
	is "$profile: the other is a former one" "$(kid_of root former)" "$old"
	check "$profile: nothing is left of the preparation" test ! -e "$home/coming"
	exits 0 "$profile: publish" office publish --json
	says "under both roots" '"roots":2'
	exits 0 "$profile: bundle show" "$bin/yaopai" bundle show "$bundle"
	is "$profile: two trust lists, and every status list twice" "$(sed 's/  signed.*//; s/ issue 1//' "$work/exits.out" | tr -s ' ' | tr '\n' ';')" "trust list 37;trust list 37;status list https://v.example.cn/s/0;status list https://v.example.cn/s/0;"
	check "$profile: the former root's files stand by themselves" test -s "$home/published/roots/$old/trust" -a -s "$home/published/roots/$old/statuslists/0"
	is "$profile: the old certificates are good with the old root alone" "$(judged "$bundle" "$work/old.csv" "$work/old.pem")" "$good"
	is "$profile: and with both" "$(judged "$bundle" "$work/old.csv" "$work/old.pem" "$work/new.pem")" "$good"
	is "$profile: with the new root alone nobody knows their issuer" "$(judged "$bundle" "$work/old.csv" "$work/new.pem")" "UNKNOWN_ISSUER:$n"

	# new certificates come under the new root, decisions reach both
	[ -d "$work/more" ] || "$bin/yaopai" sample "$work/more" --scale 0.05 --seed 7 >/dev/null 2>&1
	sed -i 's/,151\([0-9]\{8\}\),/,159\1,/' "$work/more/holders.csv" # numbers of their own
	office import bodies "$work/more/bodies.csv" >/dev/null
	office import holders "$work/more/holders.csv" >/dev/null
	exits 0 "$profile: new ones are issued" office issue --json
	fresh=$(field "$work/exits.out" issued)
	one=$(row_of enforcement VALID)
	exits 0 "$profile: an old one is revoked" office revoke "${one%%,*}" --ground g --organ o --document d
	exits 0 "$profile: publish" office publish
	office export tokens --out "$work/all.csv" >/dev/null
	tail -n +2 "$work/all.csv" | tr -d '\r' | awk -F, '{ print $3 "\t" $1 }' >"$work/expected"
	tail -n +2 "$work/all.csv" | cut -d, -f4 | "$bin/yaopai-verify" -b "$bundle" -r "$work/old.pem" -r "$work/new.pem" --brief - >"$work/verdicts" 2>/dev/null
	check "$profile: all are as the register says, with both roots" cmp "$work/expected" "$work/verdicts"
	exits 1 "$profile: the revoked one" "$bin/yaopai-verify" -b "$bundle" -r "$work/old.pem" --brief "${one##*,}"
	says "is void with the old root alone" '^VOID'
	is "$profile: a site that missed the new root does not know the new issuer" "$(judged "$bundle" "$work/all.csv" "$work/old.pem" | tr ' ' '\n' | grep UNKNOWN_ISSUER)" "UNKNOWN_ISSUER:$fresh"
	start_endpoint "$home" && ok "$profile: the endpoint takes both roots by itself" || not_ok "$profile: the endpoint starts" "$work/yaopaid.log"
	check "$profile: and answers as the register says" "$bin/yaopai-ask" --quiet --endpoint "$address" "$work/all.csv"
	stop_endpoint || not_ok "the endpoint stops"

	# meanwhile the former root still signs: its list is renewed, its keys changed
	exits 2 "$profile: renewing the former list without its key" office trust sign --root "$old"
	exits 0 "$profile: renewing it" office trust sign --root "$old" --root-key "$work/old.key.pem"
	says "is its second issue" 'Trust list 2 '
	exits 2 "$profile: of an unknown root" office trust sign --root 0123456789abcdef
	says "the known one is told" "$old"
	exits 0 "$profile: its issuer is retired" office trust retire "$old_issuer" --root-key "$work/old.key.pem"
	exits 0 "$profile: its status key is changed" office keys rotate status --root "$old" --root-key "$work/old.key.pem"
	exits 2 "$profile: publishing before its root has signed" office publish
	says "names the former root" 'former root number 1'
	exits 0 "$profile: signing" office trust sign --root "$old" --root-key "$work/old.key.pem"
	exits 0 "$profile: publish" office publish
	tail -n +2 "$work/all.csv" | cut -d, -f4 | "$bin/yaopai-verify" -b "$bundle" -r "$work/old.pem" -r "$work/new.pem" --brief - >"$work/verdicts" 2>/dev/null
	check "$profile: nothing else changes" cmp "$work/expected" "$work/verdicts"
	exits 2 "$profile: the former status key in use is not destroyed" office keys destroy "$(office keys show --json | tr '{' '\n' | sed -n 's/.*"role":"status","state":"former".*"kid":"\([0-9a-f]*\)".*/\1/p' | head -1)"
	exits 0 "$profile: the former issuer's private key is" office keys destroy "$old_issuer"

	# the end
	exits 2 "$profile: the end while certificates are about" office trust end-root "$old"
	says "is refused with their number" "$((n - 1)) live certificates"
	exits 0 "$profile: they are reissued" office issue --reissue-signed-by "$old_issuer"
	exits 0 "$profile: the end" office trust end-root "$old"
	exits 0 "$profile: publish" office publish --json
	says "under one root" '"roots":1'
	office export tokens --out "$work/all.csv" >/dev/null
	tail -n +2 "$work/all.csv" | tr -d '\r' | awk -F, '{ print $3 "\t" $1 }' >"$work/expected"
	tail -n +2 "$work/all.csv" | cut -d, -f4 | "$bin/yaopai-verify" -b "$bundle" -r "$work/new.pem" --brief - >"$work/verdicts" 2>/dev/null
	check "$profile: all but the revoked are good with the new root alone" sh -c 'diff "$1" "$2" | grep -q "^< VOID" && [ "$(diff "$1" "$2" | grep -c "^<")" -eq 1 ]' _ "$work/expected" "$work/verdicts"
	exits 0 "$profile: keys of an ended root are destroyed" office keys destroy "$(office keys show --json >/dev/null; basename "$(ls "$home"/roots/ended/*/keys/former/status-*.key.pem)" .key.pem | sed 's/status-//')"
done

# at once, without preparation; and to another family of algorithms
home=$work/intl
exits 0 "change the root at once" office keys rotate root --algorithm sm2
exits 0 "publish" office publish
exits 2 "a second end" office trust end-root "$old"
exits 0 "the end by force" office trust end-root "$(kid_of root former)" --force
exits 0 "publish" office publish

# two provinces side by side
for iss in 37 13; do
	home=$work/province-$iss
	rm -rf "$work/sheets"
	cp -r "$work/more" "$work/sheets"
	office init --demo --iss $iss --uri-prefix "https://$iss.example.cn/s/" >/dev/null
	grep -q ^130000 "$home/divisions.csv" || echo '130000,河北省,province,' >>"$home/divisions.csv"
	sed -i "s/,37[0-9]\{4\},/,${iss}0000,/g" "$work/sheets/holders.csv"
	office keys new >/dev/null && office trust sign >/dev/null && office import bodies "$work/sheets/bodies.csv" >/dev/null
	office import holders "$work/sheets/holders.csv" >/dev/null
	office issue >/dev/null && office publish >/dev/null && office export tokens --out "$home/tokens.csv" >/dev/null || not_ok "province $iss"
	good=$(judged "$home/published/bundle" "$home/tokens.csv" "$home/keys/root.cert.pem")
	case $good in *VALID*) ok "province $iss issues" ;; *) not_ok "province $iss issues ($good)" ;; esac
	eval "good_$iss=\$good"
done
a=$work/province-37 b=$work/province-13
merge() { "$bin/yaopai" bundle merge "$@"; }
exits 0 "two bundles become one" merge --out "$work/both" --root "$a/keys/root.cert.pem" --root "$b/keys/root.cert.pem" "$a/published/bundle" "$b/published/bundle"
says "of two trust lists" '^2 trust lists and 2 status lists'
for iss in 37 13; do
	eval "good=\$good_$iss"
	is "province $iss is judged from it" "$(judged "$work/both" "$work/province-$iss/tokens.csv" "$a/keys/root.cert.pem" "$b/keys/root.cert.pem")" "$good"
done
is "with one root pinned only that province is known" "$(judged "$work/both" "$b/tokens.csv" "$a/keys/root.cert.pem" | sed 's/:.*//')" UNKNOWN_ISSUER
home=$a
one=$(row_of enforcement VALID)
office cancel "${one%%,*}" --ground g --organ o --document d >/dev/null && office publish >/dev/null
exits 0 "a newer bundle is merged into the old one" merge --out "$work/both2" --root "$a/keys/root.cert.pem" --root "$b/keys/root.cert.pem" "$work/both" "$a/published/bundle"
says "older parts are left out" '2 older or equal'
exits 1 "and what it says holds" "$bin/yaopai-verify" -b "$work/both2" -r "$a/keys/root.cert.pem" --brief "${one##*,}"
says "void" '^VOID'
exits 0 "in any order" merge --out "$work/both3" --root "$a/keys/root.cert.pem" --root "$b/keys/root.cert.pem" "$a/published/bundle" "$work/both"
exits 1 "it holds" "$bin/yaopai-verify" -b "$work/both3" -r "$a/keys/root.cert.pem" --brief "${one##*,}"
says "void" '^VOID'
exits 0 "bundle show as JSON" "$bin/yaopai" bundle show "$work/both" --json
says "tells authority, issue and signer" '"iss":"13","issue":1,"signer":"[0-9a-f]{16}"'
exits 2 "a bundle of a root that was not given" merge --out "$work/bad" --root "$a/keys/root.cert.pem" "$a/published/bundle" "$b/published/bundle"
says "its root is named" 'none of those given'
exits 2 "without roots" merge --out "$work/bad" "$a/published/bundle"
exits 2 "without --out" merge --root "$a/keys/root.cert.pem" "$a/published/bundle"
exits 2 "without bundles" merge --out "$work/bad" --root "$a/keys/root.cert.pem"
exits 2 "a root that is none" merge --out "$work/bad" --root "$a/published/bundle" "$a/published/bundle"
exits 2 "a bundle that is none" merge --out "$work/bad" --root "$a/keys/root.cert.pem" "$a/keys/root.cert.pem"
head -c $(($(wc -c <"$work/both") - 1)) "$work/both" >"$work/cut"
exits 2 "a bundle cut by a byte" merge --out "$work/bad" --root "$a/keys/root.cert.pem" --root "$b/keys/root.cert.pem" "$work/cut"
size=$(wc -c <"$a/published/bundle")
{ head -c $((size - 20)) "$a/published/bundle"; printf 'X'; tail -c 19 "$a/published/bundle"; } >"$work/bent"
exits 2 "a bundle with a byte changed, beside the true one" merge --out "$work/bad" --root "$a/keys/root.cert.pem" "$a/published/bundle" "$work/bent"
says "the two differ" 'no true copy'
exits 2 "alone" merge --out "$work/bad" --root "$a/keys/root.cert.pem" "$work/bent"
says "does not load" 'does not load'
check "a refused merge writes nothing" test ! -e "$work/bad"
exits 2 "show what is no bundle" "$bin/yaopai" bundle show "$a/keys/root.cert.pem"
exits 2 "show what is cut" "$bin/yaopai" bundle show "$work/cut"
exits 2 "an unknown command" "$bin/yaopai" bundle mix
finish
