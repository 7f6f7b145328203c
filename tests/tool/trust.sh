#!/bin/sh
# Keys and trust lists through the years: another issuer, status or receipt key; retired, compromised, restricted; a key held
# elsewhere; policy.  Every command, what it refuses, and what an offline verifier makes of it.  Follows docs/operations.md.
set -u
. "$(dirname "$0")/lib.sh.inc"

small_register "$work/home" intl || not_ok "a small register"
home=$work/home
root=$home/keys/root.cert.pem bundle=$home/published/bundle
kid_of() { office keys show --json | tr '{' '\n' | sed -n "s/.*\"role\":\"$1\",\"state\":\"${2:-present}\".*\"kid\":\"\([0-9a-f]*\)\".*/\1/p" | tail -1; }
judged() { # judged <tokens.csv>: the verdicts of its tokens, each once
	tail -n +2 "$1" | cut -d, -f4 | "$bin/yaopai-verify" --bundle "$bundle" --root "$root" --brief - 2>/dev/null | cut -f1 | sort | uniq -c |
		awk '{ print $2 ":" $1 }' | tr '\n' ' ' | sed 's/ $//'
}
is() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1 (got $2, wanted $3)"; fi; }
tokens() { office export tokens --out "$work/$1.csv" >/dev/null && echo "$work/$1.csv"; }
good=$(judged "$home/tokens.csv")
n=$(($(wc -l <"$home/tokens.csv") - 1))
exp_of() { "$bin/yaopai-verify" --bundle "$bundle" --root "$root" --json "$1" 2>/dev/null | sed -n 's/.*"valid_until":"\([^"]*\).*/\1/p'; }
one=$(row_of enforcement VALID) until=$(exp_of "${one##*,}") one=${one%%,*}
token_in() { awk -F, -v n="$one" '$1 == n { print $4 }' "$1" | tr -d '\r'; }

# show tells what an entry may do
exits 0 "trust show" office trust show
says "tells kinds and authority" 'yp-cred\+cwt; kinds all; for 37'
says "tells where a status key may sign" 'statuslist\+cwt; at https://v.example.cn/s/'
says "tells the policy" 'presentation holds 60 s'
exits 0 "trust show as JSON" office trust show --json
says "with iss and kinds" '"kinds":"all","iss":\["37"\]'
says "with uri" '"uri":\["https://v.example.cn/s/"\]'
says "with state and since" '"state":"active","since":"2'
says "with the policy" '"window_seconds":60,"status_age_seconds":null'

# what is refused
exits 2 "no command" office trust
exits 2 "an unknown command" office trust trust
exits 2 "retire without a key" office trust retire
exits 2 "retire what is no key id" office trust retire xyz
says "tells what one looks like" '16 hex digits'
exits 2 "retire an unknown key" office trust retire 0123456789abcdef
says "lists the known ones" "there are .*$(kid_of issuer)"
case $(kid_of issuer) in *0) last=1 ;; *) last=0 ;; esac
exits 2 "retire a mistyped key" office trust retire "$(kid_of issuer | sed "s/.\$/$last/")"
says "names the nearest" "did you mean $(kid_of issuer)"
exits 2 "compromise the root" office trust compromise "$(kid_of root)"
says "which its own list cannot do" 'is a root'
exits 2 "an option of another command" office trust retire "$(kid_of issuer)" --kinds body
exits 2 "a date that is none" office trust retire "$(kid_of issuer)" --since soon
exits 2 "restrict without kinds" office trust restrict "$(kid_of issuer)"
exits 2 "restrict to an unknown kind" office trust restrict "$(kid_of issuer)" --kinds enforcement,parking
exits 2 "restrict to nothing" office trust restrict "$(kid_of issuer)" --kinds ''
exits 2 "restrict a status key" office trust restrict "$(kid_of status)" --kinds enforcement
exits 2 "a lifetime of no days" office trust sign --lifetime-days 0
exits 2 "a policy of nothing" office trust policy
exits 2 "a window too short" office trust policy --window 29
exits 2 "a window too long" office trust policy --window 301
exits 2 "lists refused while they are fresh" office trust policy --status-age 60
exits 2 "end a root that is none" office trust end-root 0123456789abcdef
exits 2 "rotate an unknown role" office keys rotate stamp
exits 2 "rotate nothing" office keys rotate
exits 2 "rotate to an unknown algorithm" office keys rotate issuer --algorithm rsa
exits 2 "destroy a key in use" office keys destroy "$(kid_of issuer)"
says "because it is in use" 'in use'
exits 2 "destroy a key that is not here" office keys destroy 0123456789abcdef
mv "$home/keys/root.key.pem" "$work/stick.pem"
exits 2 "rotate with the root in the safe" office keys rotate issuer
says "asks for it" 'root-key FILE'
is "nothing was changed" "$(judged "$home/tokens.csv")" "$good"

# another issuer: the root's key comes on a stick
first=$(kid_of issuer)
exits 0 "rotate the issuer" office keys rotate issuer --root-key "$work/stick.pem"
says "tells the new and the former" "$first is a former one"
check "keeps the former certificate" test -s "$home/keys/former/issuer-$first.cert.pem"
is "the former key is for its owner only" "$(stat -c %a "$home/keys/former/issuer-$first.key.pem")" 600
is "keys show lists it" "$(kid_of issuer former)" "$first"
exits 2 "issuing before the root has signed for it" office issue
says "is refused" 'not on the trust list'
exits 2 "a wrong root key" office trust sign --root-key "$home/keys/status.key.pem"
exits 0 "trust sign" office trust sign --root-key "$work/stick.pem"
mv "$work/stick.pem" "$home/keys/root.key.pem"
exits 0 "issue with the new key" office issue --json
says "leaves the old certificates as they are" '"issued":0'
exits 0 "publish" office publish
is "both keys' certificates are good" "$(judged "$home/tokens.csv")" "$good"
exits 0 "the former private key is destroyed" office keys destroy "$first"
check "and gone" test ! -e "$home/keys/former/issuer-$first.key.pem"
exits 2 "destroying it again" office keys destroy "$first"
exits 0 "a key of another algorithm" office keys rotate issuer --algorithm ed25519 --destroy-former-key
exits 0 "keys show" office keys show
says "it is Ed25519" '^issuer +present Ed25519'
exits 0 "trust sign" office trust sign

# retired: what it signed stays good
sleep 1 # instants are whole seconds
exits 0 "retire the first issuer" office trust retire "$first"
says "what it signed stays good" 'stays good'
exits 0 "publish" office publish
is "its certificates are good" "$(judged "$home/tokens.csv")" "$good"
exits 2 "retire it later" office trust retire "$first" --since 2099-01-01
says "a later date would bring back what it signed meanwhile" 'only an earlier'
exits 0 "retire it from before it signed anything" office trust retire "$first" --since 2020-01-01
says "the certificates that are good no more are counted" "^$n live certificates"
exits 0 "publish" office publish
is "nothing signed since then is good" "$(judged "$home/tokens.csv")" "ISSUER_NOT_ALLOWED:$n"

# restricted
second=$(kid_of issuer)
exits 0 "restrict the issuer" office trust restrict "$second" --kinds enforcement,body
exits 0 "reissue what the first signed" office issue --reissue-signed-by "$first" --json
moderators=$(grep -c ',moderator,' "$home/tokens.csv")
says "but not the kinds it may not sign" "\"other_kind\":$moderators"
is "the others are reissued" "$(field "$work/exits.out" replaced)" $((n - moderators))
exits 0 "publish" office publish
reissued=$(tokens reissued)
check "enforcement certificates are good" sh -c 'echo "$1" | grep -q "ISSUER_NOT_ALLOWED:$2 "' _ "$(judged "$reissued")" "$moderators"
exits 0 "lift the restriction" office trust restrict "$second" --kinds all
exits 0 "reissue the rest" office issue --reissue-signed-by "$first"
exits 0 "reissue again" office issue --reissue-signed-by "$first" --json
says "nobody is left" '"issued":0'
exits 0 "publish" office publish
reissued=$(tokens reissued)
is "all are good again" "$(judged "$reissued")" "$good"
is "until the same day as before" "$(exp_of "$(token_in "$reissued")")" "$until"
exits 0 "restrict to moderators" office trust restrict "$second" --kinds moderator
exits 0 "publish" office publish
check "what it signed before is judged by it too" sh -c 'echo "$1" | grep -q "ISSUER_NOT_ALLOWED:$2"' _ "$(judged "$reissued")" $((n - moderators))
office trust restrict "$second" --kinds all >/dev/null
exits 2 "reissue with the key in use" office issue --reissue-signed-by "$second"
says "would change nothing" 'rotate issuer first'
exits 2 "reissue what a status key signed" office issue --reissue-signed-by "$(kid_of status)"
exits 2 "reissue what an unknown key signed" office issue --reissue-signed-by 0123456789abcdef
exits 2 "reissue the compromised when none is" office issue --reissue-compromised

# another status key
status=$(kid_of status)
exits 0 "rotate the status key" office keys rotate status
exits 2 "publish before the root has signed for it" office publish
says "is refused" 'not on the trust list'
exits 0 "trust sign" office trust sign
exits 0 "publish" office publish
is "the lists of the new key count" "$(judged "$reissued")" "$good"
cp "$bundle" "$work/bundle.before"
exits 0 "compromise the former status key" office trust compromise "$status"
exits 0 "publish" office publish
is "nothing else changes" "$(judged "$reissued")" "$good"
exits 2 "a compromised key does not come back" office trust retire "$status"
says "never" 'never taken back'
exits 2 "compromising twice" office trust compromise "$status"
exits 0 "compromise the present status key" office trust compromise "$(kid_of status)"
says "another is needed first" 'keys rotate status'
exits 2 "publish with a compromised key" office publish
says "is refused" 'compromised on the trust list'
exits 0 "rotate it" office keys rotate status --destroy-former-key
exits 0 "trust sign" office trust sign
exits 0 "publish" office publish
is "and the lists count again" "$(judged "$reissued")" "$good"
exits 0 "rotate the receipt key" office keys rotate receipt
exits 0 "trust sign" office trust sign

# a key held elsewhere: of the city of division 3701
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/city.key.pem" 2>/dev/null
openssl pkey -in "$work/city.key.pem" -pubout -out "$work/city.pub.pem" 2>/dev/null
openssl pkey -in "$work/city.key.pem" -pubout -outform DER -out "$work/city.pub.der" 2>/dev/null
exits 2 "certify without a public key" office keys certify --out "$work/city.cert.pem"
exits 2 "certify a private key" office keys certify --public-key "$work/city.key.pem" --out "$work/city.cert.pem"
says "tells how to make the public one" 'openssl pkey -pubout'
openssl genrsa 2048 2>/dev/null | openssl pkey -pubout -out "$work/rsa.pub.pem" 2>/dev/null
exits 2 "certify an RSA key" office keys certify --public-key "$work/rsa.pub.pem" --out "$work/city.cert.pem"
says "tells which are possible" 'P-256, Ed25519 or SM2'
exits 2 "certify another root" office keys certify --public-key "$work/city.pub.pem" --out "$work/city.cert.pem" --role root
exits 2 "certify for no months" office keys certify --public-key "$work/city.pub.pem" --out "$work/city.cert.pem" --months 0
exits 0 "certify the city's key" office keys certify --public-key "$work/city.pub.pem" --out "$work/city.cert.pem" --name "issuer of city 3701" --months 60
check "the certificate is over that key" sh -c 'openssl x509 -in "$1" -noout -pubkey | cmp - "$2"' _ "$work/city.cert.pem" "$work/city.pub.pem"
check "and OpenSSL verifies it under the root" openssl verify -CAfile "$root" "$work/city.cert.pem"
exits 2 "a certificate is not overwritten" office keys certify --public-key "$work/city.pub.pem" --out "$work/city.cert.pem"
exits 0 "from DER too" office keys certify --public-key "$work/city.pub.der" --out "$work/city2.cert.pem"
exits 2 "add without an authority" office trust add "$work/city.cert.pem"
says "names it" '--iss is missing'
exits 2 "add for another province" office trust add "$work/city.cert.pem" --iss 38
exits 2 "add for a code that is none" office trust add "$work/city.cert.pem" --iss 3700
exits 2 "add an issuer with an address" office trust add "$work/city.cert.pem" --iss 3701 --uri https://v.example.cn/s/
exits 2 "add a file that is none" office trust add "$work/none.pem" --iss 3701
exits 2 "add a public key" office trust add "$work/city.pub.pem" --iss 3701
exits 2 "add the root" office trust add "$root" --iss 37
says "is no signing key" 'authority'
exits 2 "add the issuer again" office trust add "$home/keys/issuer.cert.pem" --iss 37
says "is there already" 'already'
exits 2 "add another register's issuer" sh -c '"$1" --home "$3" init --demo >/dev/null; "$1" --home "$3" keys new >/dev/null; "$1" --home "$2" trust add "$3/keys/issuer.cert.pem" --iss 37' _ "$bin/yaopai" "$home" "$work/other"
says "is not certified by this root" 'not signed by the root'
exits 2 "a status key without an address" office trust add "$work/city.cert.pem" --role status
exits 2 "a status key with a plain address" office trust add "$work/city.cert.pem" --role status --uri http://v.example.cn/s/
exits 0 "add the city's key" office trust add "$work/city.cert.pem" --iss 3701 --kinds enforcement
exits 0 "trust show" office trust show
says "it is there, for its city and kind" 'kinds enforcement; for 3701'
exits 0 "publish" office publish
is "and the province's certificates are as before" "$(judged "$reissued")" "$good"
city=$(office trust show --json | tr '{' '\n' | sed -n 's/.*"kid":"\([0-9a-f]*\)".*"iss":\["3701"\].*/\1/p')
exits 0 "compromise it" office trust compromise "$city"
exits 2 "the same key under another certificate" office trust add "$work/city2.cert.pem" --iss 3701
says "stays compromised" 'is compromised'

# policy
exits 0 "policy" office trust policy --window 120 --status-age 86400
exits 0 "trust show" office trust show --json
says "holds it" '"window_seconds":120,"status_age_seconds":86400'
exits 0 "signing again keeps it" office trust sign
exits 0 "trust show" office trust show --json
says "holds it still" '"window_seconds":120,"status_age_seconds":86400'
exits 0 "publish" office publish
is "a fresh list is good" "$(judged "$reissued")" "$good"
exits 1 "a list older than the policy is not" "$bin/yaopai-verify" -b "$bundle" -r "$root" --brief --now "$(date -u -d '+25 hours' +%Y-%m-%dT%H:%M:%SZ)" "$(token_in "$reissued")"
says "it is STATUS_UNKNOWN" 'STATUS_UNKNOWN'

# one change at a time
exec 9<"$home/keys" && flock 9
exits 2 "while another change is at work" office keys rotate issuer
says "it is told" 'another yaopai keys'
exec 9<&-
check "the issue number has grown" sh -c '
	number() { "$1" bundle show "$2" --json | sed -n "s/.*\"issue\":\([0-9]*\).*/\1/p" | head -1; }
	[ "$(number "$1" "$2")" -lt "$(number "$1" "$3")" ]' _ "$bin/yaopai" "$work/bundle.before" "$bundle"
check "nothing is left half-written" sh -c '! [ -e "$1/next" ] && ! [ -e "$1/next.tmp" ] && [ -z "$(find "$1" -name "*.tmp")" ]' _ "$home"
finish
