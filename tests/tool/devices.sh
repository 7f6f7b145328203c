#!/bin/sh
# Devices and live codes as the office, a holder's app, an inspection site and the endpoint meet them.
set -u
. "$(dirname "$0")/lib.sh.inc"

small_register "$work/home" intl || { not_ok "a small register can be made"; finish; }
home=$work/home
row=$(row_of enforcement VALID)
number=${row%%,*} card=${row##*,}
other=$(awk -F, -v n="$number" 'NR > 1 && $3 == "VALID" && $2 == "enforcement" && $1 != n { print $1; exit }' "$home/tokens.csv")
third=$(awk -F, -v n="$number" -v o="$other" 'NR > 1 && $3 == "VALID" && $2 == "enforcement" && $1 != n && $1 != o { print $1; exit }' "$home/tokens.csv")
moderator=$(row_of moderator VALID | cut -d, -f1)
void=$(tr -d '\r' <"$work/sheets/holders.csv" | awk -F, '/,注销,|,吊销,|,撤销,/ { for (i = 1; i <= NF; i++) if ($i ~ /^15[0-9]+$/) print $i }' | head -1)

verify() { "$bin/yaopai-verify" --brief -b "$home/published/bundle" -r "$home/keys/root.cert.pem" "$@" 2>/dev/null | cut -f1; }
token_of() { office export tokens --out "$home/tokens.csv"; awk -F, -v n="$1" '$1 == n { print $4 }' "$home/tokens.csv" | tr -d '\r'; }
new_key() { "$bin/yaopai" present --new-device "$work/$1.pem"; }
live() { "$bin/yaopai" present --device "$work/$1.pem" --token "$2"; }
later() { date -u -d "+$1 seconds" +%Y-%m-%dT%H:%M:%SZ; }
is() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1 (got $2, wanted $3)"; fi; }
sheet() { { echo '执法证号,姓名,设备公钥,出示方式,备注'; cat; } >"$work/devices.csv"; }

phone=$(new_key phone) tablet=$(new_key tablet) spare=$(new_key spare)
echo "$number,,$phone,动态码," | sheet
exits 0 "a dry run enters nothing" office import devices "$work/devices.csv" --dry-run
says "and tells what would happen" '1 new, 0 updated, 0 unchanged, 0 refused'
says "and what would be reissued" '1 certificates would be reissued'
exits 0 "a device is recorded" office import devices "$work/devices.csv" --json
says "as new" '"new":1,"updated":0,"unchanged":0,"refused":0'
says "and its certificate reissued" '"waiting_for_reissue":0,"reissued":1'
exits 0 "the same file again" office import devices "$work/devices.csv" --json
says "changes nothing" '"new":0,"updated":0,"unchanged":1'
says "and reissues nothing" '"reissued":0'
exits 0 "show tells" office show "$number"
says "that there is a device" '^device +[0-9a-f]{16}$'
says "and how it is shown" 'live code only'
if grep -qF "$phone" "$work/exits.out"; then not_ok "but not its key"; else ok "but not its key"; fi
office publish >/dev/null
token=$(token_of "$number")
is "the old credential is void" "$(verify "$card")" VOID
is "the new one shown bare proves no possession" "$(verify "$token")" POSSESSION_UNPROVEN
code=$(live phone "$token")
is "shown live it is valid" "$(verify "$code")" VALID
is "and after the window it is stale" "$(verify --now "$(later 130)" "$code")" PRESENTATION_STALE
is "made by a clock ten minutes ahead it is too early" "$(verify "$("$bin/yaopai" present --device "$work/phone.pem" --token "$token" --at "$(later 600)")")" CLOCK_SKEW
check "the register expects of a bare code that it proves no possession" grep -q "^$number,enforcement,POSSESSION_UNPROVEN," "$home/tokens.csv"

# a static card with a device stays good, and may be shown live too
echo "$other,,$tablet,静态码," | sheet
exits 0 "a device for a certificate that keeps its card" office import devices "$work/devices.csv"
office publish >/dev/null
static=$(token_of "$other")
is "the bare code is valid" "$(verify "$static")" VALID
is "and so is the live one" "$(verify "$(live tablet "$static")")" VALID
echo "$other,,$tablet,," | sheet
exits 0 "an empty choice" office import devices "$work/devices.csv" --json
says "leaves it as it was" '"unchanged":1'
is "a card without any device is as good as before" "$(verify "$(token_of "$third")")" VALID

# who may have which
echo "$third,,$phone,动态码," | sheet
exits 1 "a device that is another person's" office import devices "$work/devices.csv" --errors "$work/errors.csv"
says "is refused with whose it is" "recorded for certificate $number of another person"
check "and handed back to be mended" grep -q "$third" "$work/errors.csv"
printf '%s,,%s,动态码,\n%s,,%s,动态码,\n' "$third" "$spare" "$moderator" "$spare" | sheet
exits 1 "one device for two people in one file" office import devices "$work/devices.csv" --dry-run
says "the second row is refused" 'row 3'
exits 2 "--strict refuses the file" office import devices "$work/devices.csv" --strict
exits 0 "and nothing was entered" office show "$third"
if grep -q '^device' "$work/exits.out"; then not_ok "no device is recorded"; else ok "no device is recorded"; fi
echo "$third,无此人,$spare,," | sheet
exits 1 "a name that is not the holder's" office import devices "$work/devices.csv"
says "is refused" 'another name'
printf '%s,,%s,,\n%s,,%s,,\n' "$third" "$spare" "$third" "$spare" | sheet
exits 1 "one certificate twice in one file" office import devices "$work/devices.csv" --dry-run
says "names the other row" 'row 2 already'
echo "15999999999,,$spare,," | sheet
exits 1 "an unknown number" office import devices "$work/devices.csv"
says "is refused" 'no certificate with this number'
if [ -n "$void" ]; then
	echo "$void,,$spare,," | sheet
	exits 1 "a void certificate" office import devices "$work/devices.csv"
	says "is refused" 'is not issued again'
fi

# keys that are none of ours
key_refused() { # key_refused <sentence> <pattern> <cell>
	echo "$third,,\"$3\",," | sheet
	exits 1 "$1" office import devices "$work/devices.csv"
	says "  and says: $2" "$2"
}
openssl ecparam -genkey -name secp384r1 -noout -out "$work/p384.pem" 2>/dev/null
openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048 -out "$work/rsa.pem" 2>/dev/null
key_refused "a key of P-384" 'P-384; a P-256 key was wanted' "$(openssl pkey -in "$work/p384.pem" -pubout 2>/dev/null)"
key_refused "an RSA key" 'RSA key; a P-256 key was wanted' "$(openssl pkey -in "$work/rsa.pem" -pubout -outform DER 2>/dev/null | base64)"
key_refused "a private key" 'never leave the device' "$(cat "$work/spare.pem")"
if grep -qF "$(sed -n 2p "$work/spare.pem")" "$work/exits.log"; then not_ok "  and repeats nothing of it"; else ok "  and repeats nothing of it"; fi
key_refused "an address" 'neither Base64 nor hex' 'https://example.cn/'
key_refused "no key and no word" 'write 静态码' ''
echo "$third,,\"$(openssl pkey -in "$work/spare.pem" -pubout 2>/dev/null)\",," | sheet
exits 0 "a PEM in one cell is taken" office import devices "$work/devices.csv" --json
says "as new" '"new":1'
exits 2 "a file without keys" sh -c 'printf "证号\n15100000000\n" >"$2/bad.csv" && "$0" --home "$1" -q import devices "$2/bad.csv"' "$bin/yaopai" "$home" "$work"
says "misses the heading" '设备公钥'

# recorded where the issuer's key is not
echo "$moderator,,$(new_key moderator),动态码," | sheet
mv "$home/keys/issuer.key.pem" "$work/issuer.key.pem"
exits 2 "without the issuer's key nothing is entered" office import devices "$work/devices.csv"
says "and it says what to do" '--no-issue'
exits 0 "--no-issue enters" office import devices "$work/devices.csv" --no-issue
says "and says what waits" 'wait to be reissued; yaopai issue --changed'
mv "$work/issuer.key.pem" "$home/keys/issuer.key.pem"
exits 0 "importing again reissues what waited, as after a kill between the two" office import devices "$work/devices.csv" --json
says "nothing new, one reissued" '"unchanged":1,.*"reissued":1'
new_holder=$(awk -F, 'NR == 3' "$work/sheets/holders.csv" | tr -d '\r')
check "what was only imported is not issued by it" sh -c '! "$0" --home "$1" show 15100000000 | grep -q "entries are newer"' "$bin/yaopai" "$home"

# an ordinary import keeps the device
sed "s/$(echo "$new_holder" | cut -d, -f7)/调研员/" "$work/sheets/holders.csv" >"$work/changed.csv"
office import holders "$work/changed.csv" >/dev/null 2>&1
exits 0 "a spreadsheet of holders leaves the device alone" office show "$number"
says "it is recorded still" '^device +[0-9a-f]{16}$'

# a lost phone
code=$(live phone "$(token_of "$number")")
is "before the loss the live code is valid" "$(verify "$code")" VALID
replacement=$(new_key replacement)
echo "$number,,$replacement,," | sheet
exits 0 "the lost phone's key is replaced" office import devices "$work/devices.csv" --json
says "as an update, reissued" '"updated":1,.*"reissued":1'
office publish >/dev/null
is "the lost phone's bare credential is void" "$(verify "$token")" VOID
is "and so is what it shows live" "$(verify "$(live phone "$token")")" VOID
token2=$(token_of "$number")
is "the new phone shows it" "$(verify "$(live replacement "$token2")")" VALID
is "and it must be shown live as before" "$(verify "$token2")" POSSESSION_UNPROVEN
echo "$number,,,静态码," | sheet
exits 0 "a device is taken away" office import devices "$work/devices.csv"
office publish >/dev/null
is "its credential is void" "$(verify "$(live replacement "$token2")")" VOID
is "and the new one is a card again" "$(verify "$(token_of "$number")")" VALID
echo "$third,,$phone,动态码," | sheet
exits 0 "a key that nobody has any more may be another's" office import devices "$work/devices.csv"

# over HTTP
office publish >/dev/null
token=$(token_of "$third")
start_endpoint "$home" || { not_ok "the endpoint starts" "$work/yaopaid.log"; finish; }
ask() {
	printf '{"token":"%s"}' "$1" >"$work/body"
	curl -s -m 10 -o "$work/answer" -H 'Content-Type: application/json' --data-binary @"$work/body" "http://$address/v1/verify"
	field "$work/answer" verdict
}
page() { curl -s -m 10 -H 'Accept-Language: en' "http://$address/V/$1" >"$work/answer"; }
code=$(live phone "$token")
is "HTTP: a bare code proves no possession" "$(ask "$token")" POSSESSION_UNPROVEN
is "HTTP: a live code is valid" "$(ask "$code")" VALID
is "HTTP: and known by the register" "$(field "$work/answer" source)" register
check "HTTP: the answer says that it was shown live" grep -q '"live":true' "$work/answer"
is "HTTP: the same again is valid: a reload and a second bystander send it too" "$(ask "$code")" VALID
is "HTTP: an old live code is stale" "$(ask "$("$bin/yaopai" present --device "$work/phone.pem" --token "$token" --at "$(later -200)")")" PRESENTATION_STALE
is "HTTP: one of the future is too early" "$(ask "$("$bin/yaopai" present --device "$work/phone.pem" --token "$token" --at "$(later 600)")")" CLOCK_SKEW
page "$code"
check "the page of a live code says VALID" grep -q '<h1>VALID</h1>' "$work/answer"
check "and that it was shown live" grep -q 'Shown live' "$work/answer"
page "$token"
check "the page of a bare code says that it must be shown live" grep -q 'MUST BE SHOWN LIVE' "$work/answer"
page "$("$bin/yaopai" present --device "$work/phone.pem" --token "$token" --at "$(later -200)")"
check "the page of an old live code asks for a new one" grep -q 'Ask for a new code' "$work/answer"
office revoke "$third" --ground g --organ o --document d >/dev/null
is "HTTP: a revocation shows in the very next live code" "$(ask "$(live phone "$token")")" VOID
stop_endpoint
finish
