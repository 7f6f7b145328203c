#!/bin/sh
# The office's tool: making a register, keys, decisions, publication, exports; and what it refuses.
set -u
. "$(dirname "$0")/lib.sh.inc"

home=$work/home
exits 0 "--help explains" "$bin/yaopai" --help
for command in init keys trust sample import issue suspend reinstate cancel revoke withdraw succeed show publish bundle export; do
	exits 0 "$command --help explains" "$bin/yaopai" $command --help
done
exits 2 "an unknown command" "$bin/yaopai" isue
says "the nearest is named" 'did you mean issue'
exits 2 "no command" "$bin/yaopai"
exits 2 "no register" office issue
says "it says how to make one" 'yaopai init'

exits 2 "a wrong profile" office init --profile rsa
exits 2 "a wrong authority" office init --iss 3700
exits 2 "a status-list address that is too long" office init --uri-prefix https://status.lists.example.gov.cn/lists/
check "a refused init leaves nothing behind" sh -c '! [ -e "$1/yaopai.conf" ] && ! [ -e "$1/keys" ] && ! [ -e "$1/data" ]' _ "$home"
exits 2 "a full disk at init" sh -c 'trap "" XFSZ; ulimit -f 8; exec "$0" --home "$1" init' "$bin/yaopai" "$home"
check "and nothing is half-written" sh -c '! [ -e "$1/yaopai.conf" ] && ! [ -e "$1/data" ]' _ "$home"
exits 0 "init" office init --demo
exits 2 "a second init" office init --demo
says "is told that one is there" 'exists already'
exits 2 "issue without keys" office issue
says "is told to make them" 'yaopai keys new'
exits 0 "keys" office keys new
exits 2 "keys are not overwritten" office keys new
says "and it says so" 'never overwritten'
check "private keys are for their owner only" sh -c 'for f in "$1"/keys/*.key*; do [ "$(stat -c %a "$f")" = 600 ] || exit 1; done' _ "$home"
exits 0 "keys show" office keys show --json
says "the keys of a demonstration say EXAMPLE" '"example":true'
exits 2 "publish without a trust list" office publish
says "is told to sign one" 'yaopai trust sign'
exits 0 "trust sign" office trust sign
exits 0 "trust show" office trust show
says "three keys" 'application/statuslist\+cwt'
exits 0 "signing again raises the issue number" office trust sign
says "to two" 'Trust list 2 '

"$bin/yaopai" --quiet sample "$work/sheets" --scale 0.1 >/dev/null 2>&1
for what in bodies holders moderators; do exits 0 "import $what" office import $what "$work/sheets/$what.csv"; done
exits 0 "issue" office issue --json
says "everyone gets one" '"issued":105'
exits 0 "publish" office publish --json
exits 0 "export tokens" office export tokens --out "$home/tokens.csv" --json
says "with their sizes" '"token_bytes_median":'
row=$(row_of enforcement VALID) number=${row%%,*} token=${row##*,}
expected() { office export tokens 2>/dev/null | awk -F, -v n="$number" '$1 == n { print $3 }'; }
is() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1 (got $2, wanted $3)"; fi; }
particulars='--ground art.9 --organ dept --document 7'

exits 2 "a decision without its ground" office suspend "$number" --organ dept --document 7
says "names what is missing" '--ground is missing'
exits 2 "an unknown number" office suspend 15999999999 $particulars
exits 2 "reinstating what is not suspended" office reinstate "$number" $particulars
says "is refused with the reason" 'not suspended'
exits 0 "suspend" office suspend "$number" $particulars --end 2099-01-01
is "the register says SUSPENDED" "$(expected)" SUSPENDED
exits 2 "suspending twice" office suspend "$number" $particulars
exits 0 "show" office show "$number"
says "names ground, organ and document" 'art.9'
exits 0 "show as JSON" office show "$number" --json
says "status and cause" '"status":"suspended","cause":"certificate"'
exits 0 "reinstate" office reinstate "$number" $particulars
is "the register says VALID" "$(expected)" VALID
exits 0 "revoke from next year" office revoke "$number" $particulars --effective "$(($(date +%Y) + 1))-01-01"
is "nothing takes effect before" "$(expected)" VALID
exits 2 "a ban with a cancellation" office cancel "$(row_of enforcement VALID | cut -d, -f1)" $particulars --ban-until 2099-01-01

row=$(awk -F, -v n="$number" 'NR > 1 && $2 == "enforcement" && $3 == "VALID" && $1 != n { print }' "$home/tokens.csv" | head -1 | tr -d '\r')
number=${row%%,*} token=${row##*,}
exits 0 "a person out of post" office suspend --person "$number" $particulars
is "suspends the certificate" "$(expected)" SUSPENDED
exits 0 "show names the person as the cause" office show "$number" --json
says "person" '"cause":"person"'
exits 0 "and back" office reinstate --person "$number" $particulars
office show "$number" --json >"$work/shown"
body=$(field "$work/shown" body_uscc)
exits 0 "a body suspended" office suspend --body "$body" $particulars
is "suspends its people" "$(expected)" SUSPENDED
exits 0 "publish while it is" office publish
"$bin/yaopai-verify" --bundle "$home/published/bundle" --root "$home/keys/root.cert.pem" --brief "$token" >"$work/verdict" 2>/dev/null
is "offline it is SUSPENDED too" "$(cut -f1 "$work/verdict")" SUSPENDED
exits 0 "and reinstated" office reinstate --body "$body" $particulars
is "they are good again" "$(expected)" VALID
exits 2 "a body cannot be revoked" office revoke --body "$body" $particulars
exits 0 "show a body" office show "$body"
exits 0 "withdraw" office withdraw "$number" $particulars
is "void" "$(expected)" VOID
exits 2 "void is final" office reinstate "$number" $particulars
says "and it says so" 'final'
exits 0 "publish again" office publish --json
"$bin/yaopai-verify" --bundle "$home/published/bundle" --root "$home/keys/root.cert.pem" --brief "$token" >"$work/verdict" 2>/dev/null
is "offline it is VOID too" "$(cut -f1 "$work/verdict")" VOID
awk -F, 'NR > 1 && $3 == "VALID" { print $1 }' "$home/tokens.csv" | tail -3 >"$work/list"
exits 0 "a list of numbers" office cancel --file "$work/list" $particulars
says "three cancelled" '3 cancelled'
exits 1 "again" office cancel --file "$work/list" $particulars
says "all refused" '3 refused'

sed -i 's/,科员,/,科长,/; s/,一级科员,/,科长,/' "$work/sheets/holders.csv"
exits 0 "issuing again issues nothing" office issue --json
says "nobody is certified twice" '"issued":0'

number=$(awk -F, 'NR > 1 && $3 == "VALID" { print $1 }' "$home/tokens.csv" | sed -n 5p)
exits 0 "a QR code as PNG" office export qr "$number" --out "$work/qr" --pixels 4
check "reads back with another program" sh -c 'zbarimg -q --raw "$1/qr/$2.png" | grep -q "^HTTPS://V.EXAMPLE.CN/V/$3$"' _ "$work" "$number" "$(awk -F, -v n="$number" '$1 == n { print $4 }' "$home/tokens.csv" | tr -d '\r')"
exits 0 "as SVG" office export qr "$number" --out "$work/qr" --format svg
check "is SVG" grep -q '<svg' "$work/qr/$number.svg"
exits 0 "in the terminal" office export qr "$number" --format text
says "as blocks" '█'
exits 2 "a lower-case prefix" office export qr "$number" --prefix https://v.example.cn/V/
exits 2 "a number without a certificate" office export qr 15999999999
exits 0 "all of them" office export qr --all --out "$work/all"
is "one picture for each credential" "$(find "$work/all" -name '*.png' | wc -l)" 105

chmod 644 "$home/keys/issuer.key.pem"
exits 2 "a private key that others may read" office issue
says "is to be closed first" 'chmod 600'
chmod 600 "$home/keys/issuer.key.pem"
cp "$home/keys/status.key.pem" "$work/saved" && cp "$home/keys/issuer.key.pem" "$home/keys/status.key.pem"
exits 2 "a key that is not its certificate's" office publish
cp "$work/saved" "$home/keys/status.key.pem"
echo rubbish >"$home/keys/status.key.pem"
exits 2 "a key file full of rubbish" office publish
rm "$home/keys/status.key.pem"
exits 2 "a missing key" office publish
cp "$work/saved" "$home/keys/status.key.pem" && chmod 600 "$home/keys/status.key.pem"
cp "$home/keys/check.key" "$work/saved.check" && printf '%064d\n' 7 >"$home/keys/check.key"
exits 2 "a wrong check key" office show
says "is called by its name" 'another register|damaged'
cp "$work/saved.check" "$home/keys/check.key"
echo 'colour = red' >>"$home/yaopai.conf"
exits 2 "an unknown setting" office show
says "is named with its line" 'yaopai.conf line [0-9]+: there is no setting colour'
sed -i '$d' "$home/yaopai.conf"
exits 2 "a full disk at publish" sh -c 'trap "" XFSZ; ulimit -f 8; exec "$0" --home "$1" --quiet publish' "$bin/yaopai" "$home"
exits 0 "publish after room was made" office publish
exits 2 "an output that cannot be written" office export tokens --out "$work/none/tokens.csv"
cp -r "$home" "$work/bad" && head -c 100000 /dev/urandom >"$work/bad/data/registry/data.mdb"
exits 2 "a register full of rubbish" "$bin/yaopai" --home "$work/bad" show

exits 0 "a register that is no demonstration" "$bin/yaopai" --home "$work/real" init
exits 2 "refuses example keys" "$bin/yaopai" --home "$work/real" keys example "$top/keys.example/intl"
says "and says why" 'example keys that anyone may read'
cp "$top"/keys.example/intl/*.pem "$work/real/keys/" && chmod 600 "$work"/real/keys/*.key*
exits 2 "also when they are smuggled in" "$bin/yaopai" --home "$work/real" trust sign
says "by their EXAMPLE subject" 'EXAMPLE'
rm "$work"/real/keys/*.pem
exits 0 "keys of its own" "$bin/yaopai" --home "$work/real" keys new
exits 0 "say nothing of EXAMPLE" "$bin/yaopai" --home "$work/real" keys show --json
if grep -q EXAMPLE "$work/exits.out"; then not_ok "no EXAMPLE in real keys"; else ok "no EXAMPLE in real keys"; fi
for profile in intl gm; do
	"$bin/yaopai" --home "$work/ex-$profile" init --demo --profile $profile >/dev/null
	exits 0 "a demonstration takes the example keys ($profile)" "$bin/yaopai" --home "$work/ex-$profile" keys example "$top/keys.example/$profile"
	exits 0 "and signs with them" "$bin/yaopai" --home "$work/ex-$profile" trust sign
done

# personal data: no sample identity number in anything but the spreadsheets
cut -d, -f4 "$work/sheets/holders.csv" | tail -n +2 >"$work/idnumbers"
rm -rf "$work/all" "$work/qr"
if grep -rlFf "$work/idnumbers" "$home" "$work/exits.out" "$work/exits.log" >"$work/leaks" 2>/dev/null; then
	not_ok "no identity number outside the spreadsheets" "$work/leaks"
else ok "no identity number outside the spreadsheets"; fi
finish
