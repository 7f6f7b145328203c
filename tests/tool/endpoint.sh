#!/bin/sh
# The endpoint as its callers meet it: the API, the page, the files, and requests that should never have been sent.
set -u
. "$(dirname "$0")/lib.sh.inc"

small_register "$work/home" intl || { not_ok "a small register can be made"; finish; }
home=$work/home
start_endpoint "$home" || { not_ok "the endpoint starts" "$work/yaopaid.log"; finish; }
ok "the endpoint starts"

ask() { # ask <token>: the answer into $work/answer
	printf '{"token":"%s"}' "$1" >"$work/body"
	curl -s -m 10 -o "$work/answer" -w '%{http_code}' -H 'Content-Type: application/json' --data-binary @"$work/body" "http://$address/v1/verify"
}
verdict() { ask "$1" >/dev/null; field "$work/answer" verdict; }
get() { curl -s -m 10 -o "$work/answer" -w '%{http_code}' "$@"; }
is() { # is <sentence> <got> <wanted>
	if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1 (got $2, wanted $3)" "$work/answer"; fi
}
refused() { # refused <sentence> <code> <curl arguments...>
	sentence=$1 want=$2
	shift 2
	is "$sentence" "$(curl -s -m 10 -o "$work/answer" -w '%{http_code}' "$@")" "$want"
}

row=$(row_of enforcement VALID)
number=${row%%,*} token=${row##*,}
is "an issued certificate is valid" "$(verdict "$token")" VALID
is "it is known by its digest" "$(field "$work/answer" source)" register
is "the answer says that this is a demonstration" "$(field "$work/answer" demonstration)" true
is "the QR text with its prefix is judged too" "$(verdict "HTTPS://V.EXAMPLE.CN/V/$token")" VALID
is "lower case is judged too" "$(verdict "$(echo "$token" | tr 'A-Z' 'a-z')")" VALID
row=$(row_of enforcement SUSPENDED)
[ -z "$row" ] || is "one carried over as suspended is suspended" "$(verdict "${row##*,}")" SUSPENDED
is "rubbish is unreadable" "$(verdict "HELLO")" UNREADABLE
is "an empty token is unreadable" "$(verdict "")" UNREADABLE
last=$(printf '%s' "$token" | tail -c 5 | head -c 1)
[ "$last" = A ] && other=B || other=A
broken=$(printf '%s' "$token" | sed "s/.\(....\)\$/$other\1/")
is "one changed character is forged or unreadable, never valid" "$(verdict "$broken" | sed 's/UNREADABLE/FORGED/')" FORGED

check "every token is answered as the register says" "$bin/yaopai-ask" --quiet --endpoint "$address" "$home/tokens.csv"
office suspend "$number" --ground "art. 9" --organ "a department" --document "1" >/dev/null
is "a suspension shows in the very next answer" "$(verdict "$token")" SUSPENDED
office reinstate "$number" --ground "art. 9" --organ "a department" --document "2" >/dev/null
is "and so does the reinstatement" "$(verdict "$token")" VALID
office revoke "$number" --ground "art. 12" --organ "a department" --document "3" >/dev/null
is "and a revocation" "$(verdict "$token")" VOID

json='Content-Type: application/json'
url=http://$address/v1/verify
refused "malformed JSON is refused" 400 -H "$json" -d '{"token":' "$url"
refused "a second token member is refused" 400 -H "$json" -d '{"token":"A","token":"B"}' "$url"
refused "an unknown member is refused" 400 -H "$json" -d '{"token":"A","skip":true}' "$url"
refused "a number for a token is refused" 400 -H "$json" -d '{"token":7}' "$url"
refused "an array is refused" 400 -H "$json" -d '[]' "$url"
refused "no token is refused" 400 -H "$json" -d '{}' "$url"
refused "an empty body is refused" 400 -H "$json" -X POST "$url"
refused "another content type is refused" 415 -d 'token=A' "$url"
head -c 70000 /dev/zero | tr '\0' 'A' >"$work/large"
refused "a body over 64 KiB is refused" 413 -H "$json" --data-binary @"$work/large" "$url"
refused "GET of the API is refused" 405 "$url"
refused "DELETE is refused" 405 -X DELETE "http://$address/V/A"
refused "an unknown address is not found" 404 "http://$address/nothing"
refused "a list that does not exist is not found" 404 "http://$address/s/7"
refused "a path out of the directory is not found" 404 --path-as-is "http://$address/s/../../keys/check.key"

for path in s/0 statuslists/0 trust bundle healthz; do is "/$path is served" "$(get "http://$address/$path")" 200; done
get "http://$address/bundle" >/dev/null
check "the bundle served is the bundle published" cmp "$work/answer" "$home/published/bundle"
etag=$(curl -sI -m 10 "http://$address/bundle" | tr -d '\r' | sed -n 's/^[Ee][Tt]ag: //p')
is "an unchanged file is not sent again" "$(get -H "If-None-Match: $etag" "http://$address/bundle")" 304

row=$(awk -F, 'NR > 1 && $3 == "VALID" && $1 != "'"$number"'" { print; exit }' "$home/tokens.csv" | tr -d '\r')
is "the page opens" "$(get -H 'Accept-Language: zh-CN,zh;q=0.9' "http://$address/V/${row##*,}")" 200
check "in Chinese" grep -q '有效' "$work/answer"
get -H 'Accept-Language: en' "http://$address/V/${row##*,}" >/dev/null
check "and in English" grep -q 'VALID' "$work/answer"
check "with the demonstration marked" grep -q 'DEMONSTRATION' "$work/answer"
get "http://$address/V/%3Cscript%3Ealert(1)%3C/script%3E" >/dev/null
check "nothing of the address is reflected" sh -c '! grep -q "<script" "$1"' _ "$work/answer"

for shape in 'GET / HTTP/9.9\r\n\r\n' 'NONSENSE\r\n\r\n' '\0\0\0\0' 'POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n' \
	'POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'; do
	printf "$shape" | timeout 3 curl -s -m 2 "telnet://$address" >/dev/null 2>&1
done
is "it still answers after malformed requests" "$(get "http://$address/healthz")" 200
check "no token and no name stands in its log" sh -c '! grep -q "$2" "$1"' _ "$work/yaopaid.log" "$token"
stop_endpoint
is "it stops on a signal" "$?" 0

start_endpoint "$home" && ok "it starts again"
is "and still knows the revocation" "$(verdict "$token")" VOID
stop_endpoint

cp -r "$home" "$work/old" && office cancel "${row%%,*}" --ground g --organ o --document d >/dev/null && office publish >/dev/null
rm -rf "$work/old/published" && cp -r "$home/published" "$work/old/published"
exits 2 "a register older than what was published is refused" timeout 10 "$bin/yaopaid" --home "$work/old" --listen 127.0.0.1:0
says "and the sentence says so" 'older than what was published'
printf '%064d\n' 0 >"$work/zero.key" && chmod 600 "$work/zero.key"
exits 2 "a wrong check key is refused" timeout 10 "$bin/yaopaid" --home "$home" --check-key "$work/zero.key" --listen 127.0.0.1:0
exits 2 "no register is refused" timeout 10 "$bin/yaopaid" --home "$work/nowhere" --listen 127.0.0.1:0
exits 2 "an address that is none is refused" timeout 10 "$bin/yaopaid" --home "$home" --listen nonsense
finish
