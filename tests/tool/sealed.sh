#!/bin/sh
# Sealed personal data: keys under a passphrase, what --reveal shows and journals, a new key for the store killed at its steps and at
# random moments, a person erased.
set -u
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm # nothing here is about what a disk forgets
. "$(dirname "$0")/lib.sh.inc"

yaopai() { "$bin/yaopai" --home "$home" --quiet "$@"; } # global options before the command
umask 077
echo "seven invented words of an office" >"$work/words"
echo "other invented words" >"$work/other"
echo "eleven char" >"$work/short"
printf 'not the words of this key\n' >"$work/wrong"
idnumber_of() { awk -F, -v n="$1" 'NR > 1 && $11 == n { print $4; exit }' "$work/sheets/holders.csv"; }
events() { yaopai show --json | tr ',' '\n' | sed -n 's/.*"\(journal_events\|events\|sequence\)":\([0-9]*\).*/\2/p' | head -1; }
unchanged() { # unchanged [options before the command...]: everybody is found under the number that was sealed
	"$bin/yaopai" --home "$home" --quiet "$@" import holders "$work/sheets/holders.csv" --json | grep -q '"new":0,"updated":0'
}

# ---- a passphrase ----
for profile in intl gm; do
	home=$work/words-$profile
	[ -d "$work/sheets" ] || "$bin/yaopai" sample "$work/sheets" --scale 0.1 >/dev/null 2>&1
	exits 2 "$profile: a new passphrase that is too short" yaopai --passphrase-file "$work/short" init --demo --profile $profile --passphrase
	says "  is counted" '11 characters; at least 12'
	exits 0 "$profile: a register whose seal key is wrapped from the beginning" yaopai --passphrase-file "$work/words" init --demo --profile $profile --passphrase
	yaopai --passphrase-file "$work/words" import bodies "$work/sheets/bodies.csv" >/dev/null 2>&1
	exits 2 "$profile: without a terminal and a file nobody is asked" setsid -w "$bin/yaopai" --home "$home" import holders "$work/sheets/holders.csv"
	says "  and it says what to give" 'passphrase-file'
	exits 0 "$profile: with the passphrase's file" yaopai --passphrase-file "$work/words" import holders "$work/sheets/holders.csv"
	exits 2 "$profile: a wrong passphrase" yaopai --passphrase-file "$work/wrong" import holders "$work/sheets/holders.csv"
	says "  is called wrong" 'passphrase is wrong'
	cp "$home/keys/seal.key" "$work/kept.key"
	printf 'XX' | dd of="$home/keys/seal.key" bs=1 seek=60 conv=notrunc 2>/dev/null
	exits 2 "$profile: a damaged file, with the right one" yaopai --passphrase-file "$work/words" import holders "$work/sheets/holders.csv"
	says "  is called damaged" 'key is damaged'
	cat "$work/kept.key" >"$home/keys/seal.key"
	exits 0 "$profile: another passphrase" yaopai --passphrase-file "$work/words" keys wrap seal --new-passphrase-file "$work/other"
	exits 2 "$profile: the one before is no good any more" yaopai --passphrase-file "$work/words" show
	exits 0 "$profile: a new key for the store stays wrapped" yaopai --passphrase-file "$work/other" keys rotate seal
	check "$profile: everybody is found under it" unchanged --passphrase-file "$work/other"
	exits 2 "$profile: a passphrase's file that others may read" sh -c 'chmod 644 "$2/other"; "$0" --home "$1" --passphrase-file "$2/other" show' "$bin/yaopai" "$home" "$work"
	says "  is refused" 'chmod 600'
	chmod 600 "$work/other"
	check "$profile: by a file descriptor" sh -c '"$0" --home "$1" --passphrase-fd 5 show 5<"$2"' "$bin/yaopai" "$home" "$work/other"
	[ $profile = intl ] || continue # what follows does not depend on it
	exits 0 "$profile: the key in the clear again" yaopai --passphrase-file "$work/other" keys unwrap seal
	check "$profile: needs no passphrase" unchanged
	exits 0 "$profile: the check key wrapped too" yaopai --passphrase-file "$work/words" keys wrap check
	exits 2 "$profile: then even show needs it" setsid -w "$bin/yaopai" --home "$home" show 15100000000
	check "$profile: no old key file is left" sh -c '! ls -a "$1/keys" "$1" | grep -qE "^next|plain|wipe|seal.next"' _ "$home"
done
if command -v script >/dev/null; then
	home=$work/words-intl
	typed() { { for line; do sleep 0.5; echo "$line"; done; sleep 0.5; } | script -qec "'$bin/yaopai' --home '$home' keys wrap seal" /dev/null; }
	yaopai --passphrase-file "$work/words" keys unwrap check >/dev/null
	typed "words typed at a desk" "words typed at a desk" >"$work/typed" 2>&1
	if grep -q 'is wrapped' "$work/typed" && ! grep -q 'typed at' "$work/typed"; then ok "typed twice at a terminal it is taken, and not echoed"; else not_ok "typed twice at a terminal it is taken, and not echoed" "$work/typed"; fi
	yaopai keys unwrap seal </dev/null >/dev/null 2>&1
	echo "words typed at a desk" >"$work/typed.words"
	exits 0 "it opens the key" yaopai --passphrase-file "$work/typed.words" keys unwrap seal
	typed "words typed at a desk" "words typed at a dusk" >"$work/typed" 2>&1
	if grep -q 'not the same' "$work/typed"; then ok "two that differ change nothing"; else not_ok "two that differ change nothing" "$work/typed"; fi
	check "the key is as it was" unchanged
else
	echo "skip - no script(1): nothing is typed"
fi

# ---- reveal ----
small_register "$work/home" intl || not_ok "a small register"
only_officer() { # only_officer <n>: the number of the n-th valid officer who is no moderator besides
	awk -F, -v n="$1" 'NR == FNR { also[$5] = 1; next } FNR > 1 && $11 != "" && $14 == "有效" && !($4 in also) && ++i == n { print $11; exit }' \
		"$work/sheets/moderators.csv" "$work/sheets/holders.csv"
}
number=$(only_officer 1)
secret=$(idnumber_of "$number")
exits 0 "show" office show "$number"
if grep -q "$secret" "$work/exits.out" "$work/exits.log"; then not_ok "shows no identity number"; else ok "shows no identity number"; fi
exits 2 "--reveal without a reason" office show "$number" --reveal
says "asks for it" '--reason'
exits 2 "a reason without --reveal" office show "$number" --reason x
before=$(events)
exits 0 "--reveal with a reason" office show "$number" --reveal --reason "request 2026-7 of the court"
says "shows it" "$secret"
[ "$(events)" -eq $((before + 1)) ] && ok "and one event is in the journal" || not_ok "and one event is in the journal ($before, $(events))"
check "which has the reason" grep -qa "request 2026-7 of the court" "$home/data/registry/data.mdb"
chmod -w "$home/data/registry/data.mdb" "$home/data/registry"
if [ "$(id -u)" -ne 0 ]; then
	exits 2 "where nothing can be journalled" office show "$number" --reveal --reason x
	if grep -q "$secret" "$work/exits.out"; then not_ok "nothing is shown"; else ok "nothing is shown"; fi
fi
chmod +w "$home/data/registry/data.mdb" "$home/data/registry"
exits 2 "a number nobody has" office show 15999999999 --reveal --reason x
exits 2 "the whole register is not revealed by show" office show --reveal --reason x

# ---- a new key, killed at its steps ----
works() { # between two runs: who is known is found, is shown, and somebody new can come in
	unchanged && office show "$number" --reveal --reason test | grep -q "$secret"
}
mv "$home" "$work/first"
if nm -D "$bin/yaopai" 2>/dev/null | grep -q __asan_init; then
	echo "skip - a sanitized program takes no preloaded library"
else
	${CC:-cc} -std=gnu17 -D_GNU_SOURCE -shared -fPIC -o "$work/kill_at.so" "$(dirname "$0")/kill_at.c" || not_ok "the library that kills"
	killed=0 wrong=0
	for step in $(seq 1 "${KILL_ALL:-2}" 40); do # every second one; all with KILL_ALL=1
		rm -rf "$work/home"
		cp -r "$work/first" "$work/home"
		home=$work/home
		KILL_AT=$step LD_PRELOAD=$work/kill_at.so office keys rotate seal >/dev/null 2>&1
		[ $? -eq 137 ] || break
		killed=$((killed + 1))
		works || { wrong=$((wrong + 1)); not_ok "killed before step $step: everything works"; }
		office keys rotate seal >"$work/log" 2>&1 && works && [ ! -e "$home/keys/seal.next.key" ] && [ ! -e "$home/data/sealed.next" ] &&
			[ -e "$home/keys/former/seal-1.key" ] || { wrong=$((wrong + 1)); not_ok "killed before step $step: run again" "$work/log"; }
	done
	[ $killed -gt 4 ] && [ $wrong -eq 0 ] && ok "re-sealing: killed before $killed of its steps, between the runs everything works" ||
		not_ok "re-sealing: of $killed runs that were killed $wrong went wrong"
fi
home=$work/first
office keys rotate seal >/dev/null 2>&1 && ok "a new key" || not_ok "a new key"
cp "$home/keys/seal.key" "$work/new.key"
cat "$home/keys/former/seal-1.key" >"$home/keys/seal.key"
exits 2 "the former key opens nothing" office import holders "$work/sheets/holders.csv"
says "and is called another store's" "another store's key"
cat "$work/new.key" >"$home/keys/seal.key"
exits 0 "it is destroyed" office keys destroy seal-1
[ ! -e "$home/keys/former/seal-1.key" ] && ok "and gone" || not_ok "and gone"
exits 2 "a second time" office keys destroy seal-1
exits 2 "what is no former key" office keys destroy seal-../seal

# ---- at random moments, eight thousand people ----
home=$work/many
"$bin/yaopai" sample "$work/many-sheets" --scale 8 >/dev/null 2>&1
office init --demo >/dev/null && office import bodies "$work/many-sheets/bodies.csv" >/dev/null 2>&1 &&
	office import holders "$work/many-sheets/holders.csv" >/dev/null 2>&1 || not_ok "many people"
all_there() { "$bin/yaopai" --home "$home" --quiet import holders "$work/many-sheets/holders.csv" --json 2>/dev/null | grep -q '"new":0,"updated":0'; }
killed=0 wrong=0
for moment in 01 03 05 08 11; do
	timeout -s KILL 0.$moment "$bin/yaopai" --home "$home" --quiet keys rotate seal >/dev/null 2>&1
	[ $? -eq 137 ] || continue
	killed=$((killed + 1))
	all_there || { wrong=$((wrong + 1)); not_ok "killed after 0.$moment s: everybody is found"; }
done
office keys rotate seal >"$work/log" 2>&1 || { wrong=$((wrong + 1)); not_ok "then finished" "$work/log"; }
all_there || { wrong=$((wrong + 1)); not_ok "in the end everybody is found"; }
[ $wrong -eq 0 ] && ok "re-sealing many people, killed $killed times at some moment: everybody is found after each" || not_ok "$wrong went wrong"

# ---- a person is erased ----
home=$work/first
particulars="--ground g --organ o --document d-1"
exits 2 "who holds a live certificate is not erased" office erase "$number" $particulars
says "and it says which" "certificate $number of this person is live"
office cancel "$number" $particulars >/dev/null
exits 2 "nor is one whose records must be kept" office erase "$number" $particulars
says "and it says until when" 'not before 20[0-9][0-9]-'
exits 2 "an erasure names its ground" office erase "$number" --organ o --document d
cp -r "$home" "$work/unerased"
if command -v faketime >/dev/null && ! nm -D "$bin/yaopai" 2>/dev/null | grep -q __asan_init; then
	home=$work/unerased
	exits 0 "years later it is done" faketime '2050-01-02 12:00:00' "$bin/yaopai" --home "$home" --quiet erase "$number" $particulars
	home=$work/first
else
	echo "skip - no faketime here: years do not pass"
fi
exits 0 "by a court's order" office erase "$number" $particulars --despite "order 12 of the court"
says "it says what stays" 'stay in the journal'
check "the order is in the journal" grep -qa "order 12 of the court" "$home/data/registry/data.mdb"
exits 0 "the certificate is shown as ever" office show "$number"
says "with the erasure" 'identity erased'
exits 0 "there is nothing to reveal" office show "$number" --reveal --reason x
if grep -q "$secret" "$work/exits.out"; then not_ok "the number is gone"; else ok "the number is gone"; fi
exits 0 "the register audits clean, re-sealed and with a person erased" office audit
exits 2 "a second time" office erase "$number" $particulars --despite x
says "there is nothing left" 'nothing is left'
exits 1 "the same row again" office import holders "$work/sheets/holders.csv"
says "is another person's: the certificate is not theirs" 'belongs to someone else'
awk -F, -v OFS=, -v n="$number" 'NR == 1 || $11 == n { if (NR > 1) $11 = "15900000009"; print }' "$work/sheets/holders.csv" >"$work/sheet.csv"
exits 0 "under a new number the person is a new one" office import holders "$work/sheet.csv" --json
says "counted as new" '"new":1'
if [ -e "$work/kill_at.so" ]; then
	killed=0 wrong=0
	base=$work/first
	number=$(only_officer 2)
	for step in $(seq 20); do
		home=$work/home
		rm -rf "$home"
		cp -r "$base" "$home"
		KILL_AT=$step LD_PRELOAD=$work/kill_at.so office erase "$number" $particulars --despite x >/dev/null 2>&1
		[ $? -eq 137 ] || break
		killed=$((killed + 1))
		office erase "$number" $particulars --despite x >"$work/log" 2>&1 && [ ! -e "$home/data/sealed.next" ] &&
			office show "$number" --reveal --reason x >"$work/shown" && ! grep -q "^identity  " "$work/shown" && grep -q "identity erased" "$work/shown" ||
			{ wrong=$((wrong + 1)); not_ok "erasure killed before step $step: run again" "$work/log"; }
	done
	[ $killed -gt 3 ] && [ $wrong -eq 0 ] && ok "an erasure killed before each of $killed steps is finished by running it again" ||
		not_ok "an erasure: of $killed runs that were killed $wrong went wrong"
fi
finish
