#!/bin/sh
# yaopai audit: a sound register holds; a changed record, a broken journal, an older register, a stranger's signature and a torn page are each told.
set -u
. "$(dirname "$0")/lib.sh.inc"
helper=$bin/../helper

finds() { # finds <sentence> <pattern> [options...]: the audit exits 1 and says so
	sentence=$1 pattern=$2
	shift 2
	exits 1 "$sentence" office audit "$@"
	says "  and it says what" "$pattern"
}

for profile in intl gm; do
	home=$work/$profile
	small_register "$home" $profile || not_ok "a register of profile $profile"
	exits 0 "a register of profile $profile holds" office audit
	says "with its counts" 'signatures, .* persons with sealed rows, [1-9][0-9]* published lists'
done
home=$work/intl
ground='--ground art.9 --organ Office --document 7'
number=$(sed -n '2s/,.*//p' "$home/tokens.csv")
exits 0 "after a suspension, a reinstatement, a changed row and a reissue" sh -c '
	"$1" --home "$2" --quiet suspend "$3" $5 && "$1" --home "$2" --quiet reinstate "$3" $5 &&
	sed "2s/科员/科长/" "$4" >"$2/changed.csv" && "$1" --home "$2" --quiet import holders "$2/changed.csv" &&
	"$1" --home "$2" --quiet issue --changed && "$1" --home "$2" --quiet publish' _ "$bin/yaopai" "$home" "$number" "$work/sheets/holders.csv" "$ground"
exits 0 "the register still holds" office audit --json
says "as JSON" '"findings":\[\],"total":0'
exits 0 "quickly, too" office audit --quick
says "and it says what was left out" 'signatures not checked'
check "no scratch is left behind" sh -c '[ -z "$(find "$1" -name ".audit-*")" ]' _ "$home"
exits 2 "a scratch place that is not there" office audit --scratch "$work/nowhere"
exits 2 "an unknown option" office audit --fast
exits 2 "published lists that are not there" office audit --published "$work/nowhere"

cp -r "$home" "$work/before"
"$helper/tamper" "$home" holder 5 1 || not_ok "tampering"
finds "a holder's record was changed by somebody with the key" 'table holder: record 5 is .*; the journal makes'
exits 1 "as JSON, too" office audit --json
says "with table and words" '"where":"table holder","what":"record 5 is '
exits 1 "no line is printed when none is wanted" office audit --lines 0
says "but all are counted" 'and [1-9][0-9]* more'
exits 0 "the tables are made again from the journal" office rebuild
says "and what was there is kept" 'kept in .*registry\.damaged-'
exits 0 "the rebuilt register holds" office audit
exits 0 "and works" office publish
check "the damaged one is beside it, and no scratch" sh -c '[ -d "$1"/data/registry.damaged-* ] && [ -z "$(find "$1" -name "rebuilt-*")" ]' _ "$home"
rm -rf "$home" && cp -r "$work/before" "$home"
exits 0 "a sound register can be rebuilt, too" office rebuild
rm -rf "$home"/data/registry.damaged-*
start_endpoint "$home" || not_ok "the endpoint of a rebuilt register"
stop_endpoint
"$bin/yaopai" --home "$home" --quiet export tokens --out "$work/tokens.csv" >/dev/null && cut -d, -f1-4 "$work/tokens.csv" >"$work/a"
"$bin/yaopai" --home "$work/before" --quiet export tokens --out "$work/tokens.csv" >/dev/null && cut -d, -f1-4 "$work/tokens.csv" >"$work/b"
check "the same tokens as before" cmp "$work/a" "$work/b"
rm -rf "$home" && cp -r "$work/before" "$home"
"$helper/tamper" "$home" event 4 3 || not_ok "tampering"
finds "an event was changed" 'journal: event [45]: '
exits 2 "then a rebuild is refused" office rebuild
says "and a backup is asked for" 'the journal itself is damaged: event [45].*Restore a backup'
check "nothing is left behind" sh -c '[ -z "$(find "$1/data" -name "re*[0-9]")" ]' _ "$home"
rm -rf "$home" && cp -r "$work/before" "$home"

cp -r "$home/published" "$work/newer"
office suspend "$number" $ground >/dev/null && office publish >/dev/null
cp -r "$home/published" "$work/newest"
rm -rf "$home" && cp -r "$work/before" "$home"
finds "a register set back behind what it published" 'older than what it published' --published "$work/newest"
exits 0 "not behind what it had published itself" office audit --published "$work/newer/bundle"
finds "lists of another office" 'none of them is signed by a status key of this home' --published "$work/gm/published"
mv "$home/keys/issuer.cert.pem" "$home/trust.cwt" "$work/"
finds "a token whose key nobody knows" 'of which this home has no certificate'
mv "$work/issuer.cert.pem" "$home/keys/" && mv "$work/trust.cwt" "$home/"

mv "$home/keys/seal.key" "$work/"
exits 0 "without the seal's key" office audit
says "the sealed store is left out, and it says so" 'sealed store not looked at'
mv "$work/seal.key" "$home/keys/"
mkdir "$work/other" && cp "$work/gm/keys/check.key" "$work/other/"
cp "$home/keys/check.key" "$work/check.key" && cat "$work/other/check.key" >"$home/keys/check.key"
exits 2 "under another register's key nothing is judged" office audit
says "and it says so" "another register's key"
cat "$work/check.key" >"$home/keys/check.key"

cp "$home/data/sealed/data.mdb" "$work/sealed.mdb"
size=$(wc -c <"$home/data/registry/data.mdb")
dd if=/dev/zero of="$home/data/registry/data.mdb" bs=4096 seek=$((size / 8192)) count=8 conv=notrunc 2>/dev/null
finds "pages torn out of the middle" 'damaged|missing|cannot be read|not where'
truncate -s $((size / 2)) "$home/data/registry/data.mdb"
finds "half a file: a crash of the database is a finding" 'damaged'
check "and no scratch is left behind by it" sh -c '[ -z "$(find "$1" -name ".audit-*")" ]' _ "$home"
: >"$home/data/registry/data.mdb"
exits 1 "an empty file" office audit
finish
