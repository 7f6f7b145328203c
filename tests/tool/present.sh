#!/bin/sh
# yaopai present as an app's developer meets it: keys, forms, pictures, and everything it must refuse.
set -u
. "$(dirname "$0")/lib.sh.inc"

small_register "$work/home" intl || { not_ok "a small register can be made"; finish; }
home=$work/home
number=$(row_of enforcement VALID | cut -d, -f1)
card=$(row_of moderator VALID | sed 's/.*,//')
present() { "$bin/yaopai" present "$@"; }
verify() { "$bin/yaopai-verify" --brief -b "$home/published/bundle" -r "$home/keys/root.cert.pem" "$@" 2>/dev/null | cut -f1; }
is() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1 (got $2, wanted $3)"; fi; }

exits 0 "--help explains" present --help
exits 0 "a device key is made" present --new-device "$work/phone.pem"
says "and its public half printed as the column wants it" '^MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE[A-Za-z0-9+/]+=*$'
key=$(cat "$work/exits.out")
is "openssl reads the same public half" "$(openssl pkey -in "$work/phone.pem" -pubout -outform DER 2>/dev/null | base64 -w0)" "$key"
is "the key is for its owner only" "$(stat -c %a "$work/phone.pem")" 600
exits 2 "a key is never overwritten" present --new-device "$work/phone.pem"
printf '证号,设备公钥,出示方式\n%s,%s,动态码\n' "$number" "$key" >"$work/devices.csv"
check "it is recorded" office import devices "$work/devices.csv"
office publish >/dev/null && office export tokens --out "$home/tokens.csv"
token=$(awk -F, -v n="$number" '$1 == n { print $4 }' "$home/tokens.csv" | tr -d '\r')
echo "$token" >"$work/token.txt"
as() { present --device "$work/phone.pem" --token "$token" "$@"; }

# every form
is "text" "$(verify "$(as)")" VALID
is "the token from a file" "$(verify "$(present --device "$work/phone.pem" --token "$work/token.txt")")" VALID
is "the token from standard input" "$(verify "$(present --device "$work/phone.pem" --token - <"$work/token.txt")")" VALID
is "with a prefix" "$(verify "$(as --prefix HTTPS://V.EXAMPLE.CN/V/)")" VALID
check "the prefix stands before it" sh -c '"$1" present --device "$2/phone.pem" --token "$3" --prefix HTTPS://V.EXAMPLE.CN/V/ | grep -q "^HTTPS://V.EXAMPLE.CN/V/2[A-Z2-7]*$"' _ "$bin/yaopai" "$work" "$token"
check "two codes of one second differ" sh -c '[ "$1" != "$2" ]' _ "$(as --at 2026-12-01T00:00:00Z)" "$(as --at 2026-12-01T00:00:00Z)"
exits 0 "raw bytes into a file" as --format raw --out "$work/code.cwt"
is "they are judged" "$(verify --raw "$work/code.cwt")" VALID
as --format raw >"$work/code2.cwt"
is "raw bytes into a pipe" "$(verify --raw "$work/code2.cwt")" VALID
exits 0 "a PNG" as --format png --out "$work/code.png"
if command -v zbarimg >/dev/null; then
	is "its picture is read" "$(verify "$(zbarimg -q --raw "$work/code.png" 2>/dev/null)")" VALID
else
	echo "skip - zbarimg is not installed"
fi
exits 0 "an SVG" as --format svg --out "$work/code.svg"
check "it is one" grep -q '<svg ' "$work/code.svg"
exits 0 "drawn in the terminal" as --format terminal
says "in half blocks" '▀|█'
timeout -s INT 3 "$bin/yaopai" present --device "$work/phone.pem" --token "$token" --watch --every 1 >"$work/watched" 2>&1
is "watching ends when it is interrupted" $? 124
check "after several codes" test "$(grep -c 'a new code every 1 s' "$work/watched")" -ge 2

# a challenge, an audience, a lifetime
is "with a challenge and an audience nobody asked for it is valid too" "$(verify "$(as --nonce 00112233445566778899 --audience "https://firm.example.cn")")" VALID
is "a lifetime of 300 s does not widen the window" "$(verify --now "$(date -u -d '+130 seconds' +%Y-%m-%dT%H:%M:%SZ)" "$(as --lifetime 300)")" PRESENTATION_STALE
is "one of 1 s is over after 2" "$(verify --now "$(date -u -d '+3 seconds' +%Y-%m-%dT%H:%M:%SZ)" "$(as --lifetime 1)")" PRESENTATION_STALE

# what it refuses
exits 2 "a nonce of 7 bytes" as --nonce 00112233445566
exits 2 "a nonce of 65 bytes" as --nonce "$(printf '%0130d' 0)"
exits 0 "a nonce of 64 bytes" as --nonce "$(printf '%0128d' 0)"
exits 2 "a nonce that is no hex" as --nonce "hello, world"
exits 2 "an audience of 65 bytes" as --audience "$(printf '%065d' 0)"
exits 0 "an audience of 64 bytes" as --audience "$(printf '%064d' 0)"
exits 2 "a lifetime of 301 s" as --lifetime 301
exits 2 "a lifetime of none" as --lifetime 0
exits 2 "an instant that is none" as --at tomorrow
exits 2 "an unknown format" as --format jpeg
exits 2 "a prefix in lower case" as --prefix https://v.example.cn/v/
exits 2 "no token" present --device "$work/phone.pem"
exits 2 "no key" present --token "$token"
exits 2 "a key that is not there" present --device "$work/none.pem" --token "$token"
cp "$work/phone.pem" "$work/open.pem" && chmod 644 "$work/open.pem"
exits 2 "a key that others may read" present --device "$work/open.pem" --token "$token"
says "it says what to do" 'chmod 600'
exits 2 "a key that is none" present --device "$work/token.txt" --token "$token"
openssl genpkey -algorithm ed25519 -out "$work/ed.pem" 2>/dev/null && chmod 600 "$work/ed.pem"
exits 2 "a key of another kind" present --device "$work/ed.pem" --token "$token"
says "is named" 'Ed25519'
present --new-device "$work/other.pem" >/dev/null
exits 2 "another device's key" present --device "$work/other.pem" --token "$token"
says "is no use for this certificate" 'names another device'
exits 2 "a certificate without a device" present --device "$work/phone.pem" --token "$card"
says "and it says what to do" 'yaopai import devices'
exits 2 "a live code of a live code" present --device "$work/phone.pem" --token "$(as)"
says "is refused" 'a live code already'
exits 2 "a status list" present --device "$work/phone.pem" --token "$home/published/statuslists/0"
exits 2 "rubbish" present --device "$work/phone.pem" --token "HELLO WORLD"
exits 2 "an empty file" present --device "$work/phone.pem" --token /dev/null
exits 2 "watching into a file" as --watch --out "$work/x"
exits 2 "a key made and shown at once" present --new-device "$work/y.pem" --token "$token"
exits 2 "an unknown option" as --unchecked
check "no private key stands in any output" sh -c '! grep -qF "$(sed -n 2p "$1/phone.pem")" "$1/exits.out" "$1/exits.log" "$1/watched"' _ "$work"

# a gate that asks for more
gate=$work/gate
"$bin/yaopai-verify" setup --state "$gate" --root "$home/keys/root.cert.pem" >/dev/null && "$bin/yaopai-verify" update --state "$gate" "$home/published/bundle" >/dev/null
at_gate() { "$bin/yaopai-verify" --brief --state "$gate" "$@" 2>/dev/null | cut -f1; }
nonce=00112233445566778899aabbccddeeff
is "a gate that asks for live codes takes one" "$(at_gate --live "$(as)")" VALID
is "no bare card" "$(at_gate --live "$card")" POSSESSION_UNPROVEN
is "the answer to its challenge" "$(at_gate --challenge "$nonce" "$(as --nonce "$nonce")")" VALID
is "no answer to another" "$(at_gate --challenge "$nonce" "$(as --nonce ffeeddccbbaa99887766554433221100)")" CHALLENGE_FAILED
is "made for this gate" "$(at_gate --audience "Toll station 3" "$(as --audience "Toll station 3")")" VALID
is "made for another" "$(at_gate --audience "Toll station 3" "$(as --audience "Toll station 4")")" CHALLENGE_FAILED
code=$(as)
is "a code passes once" "$(at_gate --once "$code")" VALID
is "and not again, in another run" "$(at_gate --once "$code")" REPLAYED
is "a new one passes" "$(at_gate --once "$(as)")" VALID
is "a bare card is no live code" "$(at_gate --once "$card")" POSSESSION_UNPROVEN
code=$(as)
is "twice in one list: once" "$(printf '%s\n%s\n' "$code" "$code" | at_gate --once - | tr '\n' ' ')" "VALID REPLAYED "
printf '?' | dd of="$gate/replay" conv=notrunc 2>/dev/null
exits 0 "a damaged memory of codes begins anew" "$bin/yaopai-verify" --state "$gate" --once "$(as)"
says "and it is told" 'was damaged and begins anew'
exits 0 "and works on" "$bin/yaopai-verify" --state "$gate" --once "$(as)"
mkfifo "$work/lane"
"$bin/yaopai-verify" --brief --quiet --once --state "$gate" - <"$work/lane" >/dev/null 2>&1 &
exec 9>"$work/lane"                # the lane is open as long as this is
for _ in $(seq 100); do flock -n "$gate/replay" true || break; sleep 0.1; done
exits 2 "a second lane on the same memory waits, then says so" "$bin/yaopai-verify" --state "$gate" --once "$(as)"
says "says what to do" 'state directory of its own'
exec 9>&-
wait
exits 0 "for people it says that the device made it" "$bin/yaopai-verify" --state "$gate" "$(as)"
says "live code, when" "live code +made .* by the holder's device"
exits 0 "as JSON" "$bin/yaopai-verify" --json --state "$gate" "$(as)"
says "JSON: presented and live" '"presented":true,"live":true,"presented_at"'
old=$(as --at "$(date -u -d '-61 seconds' +%Y-%m-%dT%H:%M:%SZ)" --lifetime 300)
exits 1 "a screenshot of a minute ago" "$bin/yaopai-verify" --state "$gate" "$old"
says "tells its age" 'live code is 6[0-9] s old'
exits 1 "a phone two minutes fast" "$bin/yaopai-verify" --state "$gate" "$(as --at "$(date -u -d '+125 seconds' +%Y-%m-%dT%H:%M:%SZ)")"
says "tells by how much" 'dated 12[0-9] s ahead'
exits 1 "in Chinese" env LC_ALL=zh_CN.UTF-8 "$bin/yaopai-verify" --state "$gate" "$old"
says "the age in Chinese" '动态码是 6[0-9] 秒前生成的'
exits 0 "the log names code and certificate" "$bin/yaopai-verify" log export --state "$gate" --format json
says "two digests" '"token_sha256":"[0-9a-f]*","certificate_sha256"'
finish
