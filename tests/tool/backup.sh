#!/bin/sh
# yaopai backup and restore: while a batch runs; what comes back is the register; cut, changed, mixed or stale ones are refused, and nothing is left behind.
set -u
. "$(dirname "$0")/lib.sh.inc"

secrets() { mkdir -p "$2/keys" && cp "$1/keys/check.key" "$1/keys/seal.key" "$2/keys/" && chmod -R go= "$2"; } # <from> <new home>
restored() { "$bin/yaopai" --home "$1" --quiet restore "$2" --published "$3"; } # <new home> <file> <published>
tokens_of() { "$bin/yaopai" --home "$1" --quiet export tokens --out "$work/tokens.csv" >/dev/null && cut -d, -f1-4 "$work/tokens.csv"; }
flip() { # flip <file> <byte>: its lowest bit
	was=$(dd if="$1" bs=1 skip="$2" count=1 2>/dev/null | od -An -tu1)
	printf "\\$(printf '%03o' $((was ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

for profile in intl gm; do
	home=$work/$profile
	small_register "$home" $profile || not_ok "a register of profile $profile"
	exits 0 "a backup of profile $profile" office backup "$work/$profile.backup" --json
	says "with its counts" '"events":[1-9]'
	exits 0 "it holds" office backup --verify "$work/$profile.backup"
	says "and it says so" 'whole and unchanged'
	secrets "$home" "$work/$profile-new"
	exits 0 "it is restored" restored "$work/$profile-new" "$work/$profile.backup" "$home/published"
	exits 0 "what was restored holds" "$bin/yaopai" --home "$work/$profile-new" --quiet audit --published "$home/published"
	tokens_of "$home" >"$work/a" && tokens_of "$work/$profile-new" >"$work/b"
	check "the same tokens" cmp "$work/a" "$work/b"
	check "the same files" sh -c 'cd "$1" && for f in yaopai.conf divisions.csv trust.cwt keys/*.cert.pem; do cmp "$f" "$2/$f" || exit 1; done' _ "$home" "$work/$profile-new"
	check "no key that was not brought, and no scratch" sh -c '[ "$(ls "$1"/keys | grep -c "\.key")" = 2 ] && [ -z "$(ls "$1" | grep restoring)" ]' _ "$work/$profile-new"
	cp "$home"/keys/*.key.pem "$work/$profile-new/keys/"
	exits 0 "with its keys it publishes" "$bin/yaopai" --home "$work/$profile-new" --quiet publish
	start_endpoint "$work/$profile-new" && ok "and is served" && stop_endpoint || not_ok "and is served"
done
home=$work/intl backup=$work/intl.backup new=$work/fresh
check "no identity number stands in a backup" sh -c '! grep -aqE "$(awk -F, "NR > 1 && NR < 30 { print \$4 }" "$1" | tr "\n" "|" | sed "s/|$//")" "$2"' _ "$work/sheets/holders.csv" "$backup"
exits 2 "a backup never takes another file's place" office backup "$backup"
says "and it says so" 'there already'
exits 2 "a place that is not there" office backup "$work/nowhere/file"
check "no half backup is left" sh -c '[ -z "$(ls "$1" | grep part)" ]' _ "$work"

# what must not pass
refused() { # refused <sentence> <pattern> <file>
	exits 1 "$1: verify" office backup --verify "$3"
	says "  and it says what" "$2"
	rm -rf "$new" && secrets "$home" "$new"
	exits 2 "$1: restore" restored "$new" "$3" "$home/published"
	check "  and leaves nothing" sh -c '[ "$(ls -A "$1")" = keys ]' _ "$new"
}
size=$(wc -c <"$backup")
head -c $((size - 1)) "$backup" >"$work/bad" && refused "a backup without its last byte" 'not there to its end' "$work/bad"
head -c 40 "$backup" >"$work/bad" && refused "the beginning of a backup" 'not there to its end|does not begin' "$work/bad"
: >"$work/bad" && refused "an empty file" 'no backup of a register' "$work/bad"
for byte in 3 30 $((size / 3)) $((size / 2)) $((size - 20)); do
	cp "$backup" "$work/bad" && flip "$work/bad" "$byte" && refused "a flipped bit at $byte" 'does not hold|no backup|does not begin' "$work/bad"
done
cat "$backup" "$backup" >"$work/bad" && refused "two backups in one file" 'does not hold|does not begin' "$work/bad"
head -c $((size / 2)) "$backup" >"$work/bad" && tail -c $((size - size / 2)) "$work/gm.backup" >>"$work/bad" && refused "half of another register's" 'block [0-9]+ ' "$work/bad"
refused "another register's" 'another check key' "$work/gm.backup"

# keys
rm -rf "$new" && mkdir -p "$new"
exits 2 "no keys" restored "$new" "$backup" "$home/published"
says "which ones are needed is said" 'keys/check.key'
secrets "$home" "$new" && cat "$work/gm/keys/seal.key" >"$new/keys/seal.key"
exits 2 "another seal key" restored "$new" "$backup" "$home/published"
says "and it says so" 'seal.key is not the one'
secrets "$home" "$new"
exits 2 "a home that has a register" restored "$home" "$backup" "$home/published"
says "and it says so" 'is there already'
echo "# another" >"$new/yaopai.conf"
exits 2 "a file that is there and is another" restored "$new" "$backup" "$home/published"
says "and it is named" 'yaopai.conf is there already and is not the backup'
check "and nothing was put beside it" sh -c '! [ -e "$1/trust.cwt" ] && ! [ -e "$1/data" ]' _ "$new"

# behind what was published
number=$(sed -n '2s/,.*//p' "$home/tokens.csv")
office revoke "$number" --ground art.9 --organ Office --document 7 >/dev/null && office publish >/dev/null || not_ok "a revocation"
rm -rf "$new" && secrets "$home" "$new"
exits 2 "a backup that has forgotten a revocation" restored "$new" "$backup" "$home/published/bundle"
says "and it says so" 'would forget'
exits 2 "lists of another office prove nothing" restored "$new" "$backup" "$work/gm/published"
exits 0 "told so, it is restored" "$bin/yaopai" --home "$new" --quiet restore "$backup" --published "$home/published" --older
says "with a warning" 'repeat it'
exits 1 "audit keeps saying it" "$bin/yaopai" --home "$new" --quiet audit --published "$home/published"
rm -rf "$new" && secrets "$home" "$new"
exits 0 "without the published lists" "$bin/yaopai" --home "$new" --quiet restore "$backup"
says "it says what was not compared" 'not compared with what was published'

# while a batch runs: the backup is of one moment
"$bin/yaopai" sample "$work/more" --scale 2 >/dev/null 2>&1
office import bodies "$work/more/bodies.csv" >/dev/null
office import holders "$work/more/holders.csv" >/dev/null 2>&1 &
batch=$!
for n in 1 2 3 4; do check "a backup beside a batch" office backup "$work/hot-$n"; done
wait "$batch"
for n in 1 4; do
	rm -rf "$new" && secrets "$home" "$new"
	exits 0 "it is restored and proved, the sealed store with it" restored "$new" "$work/hot-$n" "$home/published"
done

mkdir -p "$home/portraits"
head -c 3000 /dev/urandom >"$home/portraits/00112233445566778899aabbccddeeff.jpg"
office backup "$work/without" >/dev/null && office backup "$work/with" --portraits >/dev/null || not_ok "backups"
rm -rf "$new" && secrets "$home" "$new"
exits 0 "with portraits" restored "$new" "$work/with" "$home/published"
check "they come back" cmp "$home/portraits/00112233445566778899aabbccddeeff.jpg" "$new/portraits/00112233445566778899aabbccddeeff.jpg"
rm -rf "$new" && secrets "$home" "$new"
exits 0 "without" restored "$new" "$work/without" "$home/published"
check "they do not" sh -c '! [ -e "$1/portraits" ]' _ "$new"
finish
