#!/bin/sh
# Portraits: pictures named by certificate number, kept by their digest, in the credential, and packed for a site.
set -u
. "$(dirname "$0")/lib.sh.inc"

small_register "$work/home" intl || { not_ok "a small register can be made"; finish; }
home=$work/home
numbers=$(awk -F, 'NR > 1 && $3 == "VALID" { print $1 }' "$home/tokens.csv" | head -3)
a=$(echo "$numbers" | sed -n 1p) b=$(echo "$numbers" | sed -n 2p) c=$(echo "$numbers" | sed -n 3p)
is() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1 (got $2, wanted $3)"; fi; }
two() { printf "\\$(printf %03o $(($1 / 256)))\\$(printf %03o $(($1 % 256)))"; }
jpeg() { # jpeg <width> <height> <bytes> <letter>: a picture by its headers; nobody here decodes it
	{
		printf '\377\330\377\340\000\020JFIF\000\001\001\001\000\110\000\110\000\000\377\300\000\013\010'
		two "$2"; two "$1"
		printf '\001\001\021\000\377\332\000\010\001\001\000\000\077\000'
		head -c $(($3 - 45)) /dev/zero | tr '\0' "$4"
		printf '\377\331'
	}
}
digest_of() { sha256sum "$1" | cut -c1-32; }
pictures() { office import portraits "$work/in" "$@"; }
mkdir "$work/in"
jpeg 358 441 20000 a >"$work/in/$a.jpg"
jpeg 295 413 30000 b >"$work/in/$b.JPEG"

exits 0 "a dry run" pictures --dry-run
says "tells what would happen" '2 new, 0 updated'
if [ -e "$home/portraits" ]; then not_ok "and keeps nothing"; else ok "and keeps nothing"; fi
exits 0 "two pictures" pictures --json
says "are new and in the certificates" '"new":2,.*"reissued":2'
exits 0 "the same again" pictures --json
says "changes nothing" '"new":0,"updated":0,"unchanged":2,.*"reissued":0'
d=$(digest_of "$work/in/$a.jpg")
check "kept by its digest" cmp "$work/in/$a.jpg" "$home/portraits/$d.jpg"
is "for its owner only" "$(stat -c %a "$home/portraits/$d.jpg")" 600
is "and so is the directory" "$(stat -c %a "$home/portraits")" 700
exits 0 "show tells" office show "$a"
says "the digest" "^portrait +$d\$"
office publish >/dev/null && office export tokens --out "$home/tokens.csv"
token=$(awk -F, -v n="$a" '$1 == n { print $4 }' "$home/tokens.csv" | tr -d '\r')
pad=$(printf '%*s' $(((8 - ${#token} % 8) % 8)) '' | tr ' ' '=')
check "the credential bears it" sh -c 'printf "%s%s" "$1" "$2" | base32 -d | od -An -tx1 | tr -d " \n" | grep -q "50$3"' _ "$token" "$pad" "$d"

jpeg 358 441 21000 z >"$work/in/$a.jpg"
exits 0 "another picture" pictures --json
says "takes the old one's place" '"updated":1,"unchanged":1,.*"reissued":1'
printf 'rot' | dd of="$home/portraits/$(digest_of "$work/in/$a.jpg").jpg" bs=1 seek=100 conv=notrunc 2>/dev/null
exits 1 "a kept picture that has rotted is not packed" office export portraits --out "$work/pack"
says "and is named" 'is damaged'
exits 0 "importing it again" pictures --json
says "mends it without a change" '"unchanged":2'
check "it is whole again" cmp "$work/in/$a.jpg" "$home/portraits/$(digest_of "$work/in/$a.jpg").jpg"

# what is refused
refused() { # refused <sentence> <pattern> <file name>: the file on standard input
	cat >"$work/in/$3"
	exits 1 "$1" pictures
	says "  and says: $2" "^$3: .*$2"
	rm -f "$work/in/$3"
}
jpeg 358 441 20000 c | refused "an unknown number" 'no certificate with this number' 15999999999.jpg
jpeg 358 441 20000 c | refused "another ending" 'does not end in .jpg' "$c.png"
printf '\211PNG\r\n\032\n%03000d' 0 | refused "a PNG by the name of JPEG" 'no JPEG picture' "$c.jpg"
jpeg 358 441 2047 c | refused "a picture too small to be one" '2047 bytes' "$c.jpg"
jpeg 358 441 524289 c | refused "a picture too large" '524289 bytes' "$c.jpg"
jpeg 99 441 20000 c | refused "a picture too narrow" '99 x 441 pixels' "$c.jpg"
jpeg 4000 3000 90000 c | refused "a whole photograph" '4000 x 3000 pixels' "$c.jpg"
jpeg 358 441 20000 c | head -c 15000 | refused "a picture cut off" 'cut off' "$c.jpg"
jpeg 358 441 20000 c | refused "two pictures of one certificate, the one" 'for the same certificate' "$a.jpeg"
says "  and the other" "^$a.jpg: .*for the same certificate"
ln -s "$home/keys/issuer.key.pem" "$work/in/$c.jpg"
exits 1 "a link" pictures
says "  is not followed" 'no plain file'
rm "$work/in/$c.jpg"
mkdir "$work/in/$c.jpg"
exits 1 "a directory" pictures
says "  is no picture" 'no plain file'
rmdir "$work/in/$c.jpg"
touch "$work/in/.DS_Store"
exits 0 "hidden files are not looked at" pictures
{ jpeg 358 441 20000 c >"$work/in/$c.jpg"; echo x >"$work/in/notes.txt"; }
exits 2 "--strict refuses all for one" pictures --strict
says "and says so" 'nothing was entered'
exits 0 "the good one is not entered" office show "$c"
if grep -q '^portrait' "$work/exits.out"; then not_ok "no portrait is recorded"; else ok "no portrait is recorded"; fi
exits 1 "without it the good one is entered" pictures --json
says "one new, one refused" '"new":1,.*"refused":1'
rm "$work/in/notes.txt"
exits 2 "a directory that is not there" office import portraits "$work/nowhere"
exits 2 "a file that is neither directory nor archive" office import portraits "$work/pack"
mv "$home/keys/issuer.key.pem" "$work/issuer.key.pem"
exits 2 "without the issuer's key nothing is entered" pictures
exits 0 "but --no-issue" pictures --no-issue
mv "$work/issuer.key.pem" "$home/keys/issuer.key.pem"
office revoke "$b" --ground g --organ o --document d >/dev/null
exits 1 "a void certificate takes no picture" pictures
says "and says so" "^$b.JPEG: .*not issued again"
rm "$work/in/$b.JPEG"

# packs
jpeg 358 441 70000 d >"$work/in/$c.jpg" # a length that takes four bytes
pictures >/dev/null 2>&1
office publish >/dev/null
exits 0 "a pack" office export portraits --out "$work/pack" --json
says "of the pictures that certificates in force name" '"pictures":2,'
exits 0 "again" office export portraits --out "$work/pack2"
check "the same bytes" cmp "$work/pack" "$work/pack2"
by_the_document() { # by the document alone: text, then head, digest, head, picture, ascending
	x=$(digest_of "$work/in/$a.jpg") y=$(digest_of "$work/in/$c.jpg")
	item() { printf '50%s' "$1"; [ "$2" -gt 65535 ] && printf '5a%08x' "$2" || printf '59%04x' "$2"; od -An -v -tx1 "$3" | tr -d ' \n'; }
	printf '6e%s' "$(printf 'yp-portraits-1' | od -An -tx1 | tr -d ' \n')"
	if [ "$(printf '%s\n%s\n' "$x" "$y" | sort | head -1)" = "$x" ]; then
		item "$x" 21000 "$work/in/$a.jpg"; item "$y" 70000 "$work/in/$c.jpg"
	else
		item "$y" 70000 "$work/in/$c.jpg"; item "$x" 21000 "$work/in/$a.jpg"
	fi
}
by_the_document >"$work/pack.hex"
od -An -v -tx1 "$work/pack" | tr -d ' \n' >"$work/got.hex"
check "as the document says, byte for byte" cmp "$work/pack.hex" "$work/got.hex"
area=$(office show "$a" --json | sed -n 's/.*"jurisdiction":\([0-9]*\).*/\1/p')
exits 0 "a pack of a division" office export portraits --out "$work/pack" --division "$area"
exits 2 "a division without portraits" office export portraits --out "$work/none" --division 45
says "says so" 'no picture to pack'
if [ -e "$work/none" ] || [ -e "$work/none.tmp" ]; then not_ok "and leaves no file"; else ok "and leaves no file"; fi
exits 2 "a division that is none" office export portraits --out "$work/none" --division 370
exits 2 "no --out" office export portraits
rm "$home/portraits/$(digest_of "$work/in/$a.jpg").jpg"
exits 1 "a picture that is gone is told" office export portraits --out "$work/pack" --json
says "and the others are packed" '"pictures":1,.*"missing":1'

# a site without network compares faces
site=$work/site
check "a site is set up" "$bin/yaopai-verify" setup --state "$site" --root "$home/keys/root.cert.pem"
check "its bundle" "$bin/yaopai-verify" update --state "$site" "$home/published/bundle"
jpeg 358 441 21000 a >"$work/in/$a.jpg"
pictures >/dev/null 2>&1
office publish >/dev/null
check "the newest bundle" "$bin/yaopai-verify" update --state "$site" "$home/published/bundle"
check "its pack" office export portraits --out "$site/portraits"
office export tokens --out "$work/tokens.csv" >/dev/null
token_of() { tr -d '\r' <"$work/tokens.csv" | awk -F, -v n="$1" '$1 == n && $3 == "VALID" { print $4 }'; }
mkdir "$work/faces"
judge() { "$bin/yaopai-verify" --state "$site" "$@"; }
exits 0 "a certificate with a portrait" judge --portrait-dir "$work/faces" "$(token_of "$a")"
says "says where the face is" "compare the face: $work/faces/$a.jpg"
check "it is the very picture" cmp "$work/in/$a.jpg" "$work/faces/$a.jpg"
exits 0 "as JSON" judge --json --portrait-dir "$work/faces" "$(token_of "$c")"
says "JSON: here, and where" '"portrait":"here","portrait_file":"'
other=$(tr -d '\r' <"$work/tokens.csv" | awk -F, -v a="$a" -v c="$c" 'NR > 1 && $3 == "VALID" && $1 != a && $1 != c { print $4; exit }')
exits 0 "a certificate without a portrait" judge "$other"
says "says so" 'the certificate bears none'
head -c $(($(wc -c <"$site/portraits") - 5)) "$site/portraits" >"$work/cutpack"
exits 2 "a pack that is cut" judge --portraits "$work/cutpack" "$(token_of "$a")"
says "says so" 'cut off or damaged'
{ head -c 30000 "$site/portraits"; printf '\000\000'; tail -c +30003 "$site/portraits"; } >"$work/bentpack"
exits 0 "a pack with a picture changed: the certificate is valid all the same" judge --json --portraits "$work/bentpack" --portrait-dir "$work/faces" "$(token_of "$c")"
exits 0 "and the other" judge --json --portraits "$work/bentpack" "$(token_of "$a")"
for n in "$a" "$c"; do judge --json --portraits "$work/bentpack" "$(token_of "$n")"; done >"$work/bent.json"
check "one of the two is damaged, and not shown" test "$(grep -c '"portrait":"damaged"' "$work/bent.json")" -eq 1
exits 0 "a directory that is not there" judge --portrait-dir "$work/nowhere" "$(token_of "$a")"
says "is told, and the verdict stands" 'could not be written'
exits 2 "--portrait-dir without a pack" "$bin/yaopai-verify" -b "$home/published/bundle" -r "$home/keys/root.cert.pem" --portrait-dir "$work/faces" "$other"
finish
