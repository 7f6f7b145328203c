#!/bin/sh
# The main job at the size of a province, on this computer, in a scratch directory: make a demonstration
# register, fill it from sample spreadsheets, issue and publish, judge every token offline and some over HTTP,
# revoke one and see it void in both places, then show one officer's code and serve until Ctrl-C.
#
#   --no-serve        end after the checks; exit 0 only if every step held
#   --scale N         thousands of holders (default 216)
#   --profile P       intl (ES256, the default) or gm (SM2)
#   --listen A:P      address and port of the endpoint (default 127.0.0.1 and a free port)
#   --public-url URL  address a phone reaches it by, e.g. http://192.168.1.5:8080 (goes into the code)
#   --dir DIR         keep everything in DIR, which must be empty or absent (default: a temporary one, removed at the end)
#   --json FILE       write the summary as one JSON object
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
. "$top/tools/packages.sh"

serve=1 scale=216 profile=intl listen=127.0.0.1:0 public_url= dir= json=
need() { [ $# -gt 1 ] || { echo "quickstart: $1 needs a value (see --help)" >&2; exit 2; }; }
while [ $# -gt 0 ]; do
	case $1 in
	--no-serve) serve= ;;
	--scale) need "$@"; scale=$2; shift ;;
	--profile) need "$@"; profile=$2; shift ;;
	--listen) need "$@"; listen=$2; shift ;;
	--public-url) need "$@"; public_url=${2%/}; shift ;;
	--dir) need "$@"; dir=$2; shift ;;
	--json) need "$@"; json=$2; shift ;;
	-h | --help) sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 0 ;;
	*) echo "quickstart: unknown option $1 (see --help)" >&2; exit 2 ;;
	esac
	shift
done
case $profile in intl | gm) ;; *) echo "quickstart: --profile is intl or gm, not $profile" >&2; exit 2 ;; esac
case $scale in *[!0-9.]* | '' | .) echo "quickstart: --scale is a number of thousands of holders, not $scale" >&2; exit 2 ;; esac

endpoint= made_dir=
finish() {
	code=$?
	trap - EXIT INT TERM
	[ -z "$endpoint" ] || { kill "$endpoint" 2>/dev/null; wait "$endpoint" 2>/dev/null; }
	[ -z "$made_dir" ] || rm -rf "$made_dir"
	exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

if [ -z "$dir" ]; then
	made_dir=$(mktemp -d) && dir=$made_dir || exit 2
else
	mkdir -p "$dir" && dir=$(cd "$dir" && pwd) || exit 2
	[ -z "$(ls -A "$dir")" ] || { echo "quickstart: $dir is not empty; name an empty directory" >&2; exit 2; }
fi
case $json in '' | /*) ;; *) json=$PWD/$json ;; esac

failed() { echo; echo "quickstart: $1" >&2; exit 1; }
say() { printf '\n\033[1m%s\033[0m\n' "$1"; }
[ -t 1 ] || say() { printf '\n== %s\n' "$1"; }
now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.2f", b - a }'; }
field() { # field <json file> <name>: a number or word of a one-line JSON object
	sed -n "s/.*\"$2\":\"\{0,1\}\([^,\"}]*\).*/\1/p" "$1" | head -1
}

say "1  packages and build"
# shellcheck disable=SC2086
packages_need $packages_build $packages_run || exit 2
(cd "$top" && cmake --preset release >"$dir/build.log" 2>&1 && cmake --build --preset release >>"$dir/build.log" 2>&1) || {
	tail -40 "$dir/build.log" >&2
	failed "the build failed"
}
bin=$top/build/release/bin
home=$dir/home
office() { "$bin/yaopai" --home "$home" "$@"; }
echo "built in $top/build/release"

say "2  a demonstration register with fresh keys ($profile)"
qr_prefix=
[ -z "$public_url" ] || qr_prefix=$(printf '%s/V/' "$public_url" | tr '[:lower:]' '[:upper:]')
office init --demo --profile "$profile" || failed "init"
office keys new || failed "keys"
office trust sign || failed "trust list"

say "3  the province's spreadsheets (invented people, scale $scale)"
"$bin/yaopai" sample "$dir/sheets" --scale "$scale" || failed "sample"

say "4  import"
began=$(now)
for what in bodies holders moderators; do
	office import $what "$dir/sheets/$what.csv" --json >"$dir/import-$what.json" || failed "import of $what"
	echo "$what: $(field "$dir/import-$what.json" new) new, $(field "$dir/import-$what.json" refused) refused"
done
import_seconds=$(since "$began")

say "5  issue"
began=$(now)
office issue --json >"$dir/issue.json" || failed "issue"
issue_seconds=$(since "$began")
credentials=$(field "$dir/issue.json" issued)
echo "$credentials credentials signed and stored in $issue_seconds s"

say "6  publish"
began=$(now)
office publish --json >"$dir/publish.json" || failed "publish"
publish_seconds=$(since "$began")
bundle=$home/published/bundle
root=$home/keys/root.cert.pem
echo "bundle of $(wc -c <"$bundle") bytes"

say "7  judge every token offline and compare with the register"
office export tokens --out "$dir/tokens.csv" --json >"$dir/tokens.json" || failed "export"
tail -n +2 "$dir/tokens.csv" | cut -d, -f4 | "$bin/yaopai-verify" --bundle "$bundle" --root "$root" --brief - >"$dir/verdicts.txt"
[ $? -le 1 ] || failed "the verifier could not judge"
tail -n +2 "$dir/tokens.csv" | tr -d '\r' | awk -F, '{ print $3 "\t" $1 }' >"$dir/expected.txt"
verified=$(wc -l <"$dir/verdicts.txt")
offline_mismatches=$(paste -d'\n' "$dir/expected.txt" "$dir/verdicts.txt" | awk 'NR % 2 { want = $0; next } $0 != want { n++ } END { print n + 0 }')
[ "$verified" -eq "$(wc -l <"$dir/expected.txt")" ] || failed "$verified answers for $(wc -l <"$dir/expected.txt") tokens"
echo "$verified judged, $offline_mismatches unlike the register"

say "8  ask the endpoint about 10,000 drawn ones"
"$bin/yaopaid" --home "$home" --listen "$listen" --port-file "$dir/port" >"$dir/yaopaid.log" 2>&1 &
endpoint=$!
for _ in $(seq 100); do [ -s "$dir/port" ] && break; kill -0 "$endpoint" 2>/dev/null || break; sleep 0.1; done
[ -s "$dir/port" ] || { cat "$dir/yaopaid.log" >&2; failed "the endpoint did not start"; }
port=$(cat "$dir/port")
case ${listen%:*} in '' | 0.0.0.0) address=127.0.0.1:$port ;; *) address=${listen%:*}:$port ;; esac
"$bin/yaopai-ask" --endpoint "$address" --draw 10000 "$dir/tokens.csv" >"$dir/ask.json"
[ $? -le 1 ] || failed "the endpoint did not answer"
http_checked=$(field "$dir/ask.json" asked)
mismatches=$((offline_mismatches + $(field "$dir/ask.json" mismatches)))
echo "$http_checked asked, $(field "$dir/ask.json" mismatches) unlike the register"

office show --json >"$dir/register.json" || failed "show"

say "9  revoke one, publish, and see it void offline and online"
row=$(awk -F, 'NR > 1 && $2 == "enforcement" && $3 == "VALID" { print; exit }' "$dir/tokens.csv" | tr -d '\r')
victim=${row%%,*} token=${row##*,}
echo "number,kind,expected,token" >"$dir/revoked.csv"
printf '%s,enforcement,VOID,%s\n' "$victim" "$token" >>"$dir/revoked.csv"
office revoke "$victim" --ground "demonstration" --organ "demonstration" --document "demo-1" || failed "revoke"
"$bin/yaopai-ask" --quiet --endpoint "$address" "$dir/revoked.csv" >/dev/null || failed "the endpoint does not see the revocation at once"
office publish --json >"$dir/publish2.json" || failed "second publish"
"$bin/yaopai-verify" --bundle "$bundle" --root "$root" --brief "$token" | grep -q '^VOID' || failed "the offline verifier does not see the revocation"
echo "$victim is VOID online (before the lists were published) and offline (after)"

list_bytes=$(field "$dir/publish.json" largest_list_bytes)
rate=$(awk -v n="$credentials" -v s="$issue_seconds" 'BEGIN { printf "%.0f", (s > 0 ? n / s : 0) }')
summary=$(printf '{"bodies":%s,"holders":%s,"moderators":%s,"credentials":%s,"verified":%s,"http_checked":%s,"mismatches":%s,"import_seconds":%s,"issue_seconds":%s,"issue_per_second":%s,"publish_seconds":%s,"bundle_bytes":%s,"status_list_bytes":%s,"token_bytes_median":%s,"token_bytes_max":%s,"qr_version_max":%s,"registry_bytes":%s}' \
	"$(field "$dir/register.json" bodies)" "$(field "$dir/register.json" holders)" "$(field "$dir/register.json" moderators)" \
	"$credentials" "$verified" "$http_checked" "$mismatches" "$import_seconds" "$issue_seconds" "$rate" "$publish_seconds" \
	"$(field "$dir/publish.json" bundle_bytes)" "$list_bytes" "$(field "$dir/tokens.json" token_bytes_median)" \
	"$(field "$dir/tokens.json" token_bytes_max)" "$(field "$dir/tokens.json" qr_version_max)" "$(field "$dir/register.json" registry_bytes)")
[ -z "$json" ] || printf '%s\n' "$summary" >"$json" || failed "cannot write $json"

say "summary"
printf '%s' "$summary" | tr -d '{}"' | tr ',' '\n' | awk -F: '{ gsub("_", " ", $1); printf "  %-22s %15s\n", $1, $2 }'
[ "$mismatches" -eq 0 ] || failed "$mismatches answers differ from the register"
[ "$http_checked" -gt 0 ] && [ "$verified" -gt 0 ] || failed "nothing was checked"
echo
echo "Every step held."
[ -n "$serve" ] || exit 0

officer=$(awk -F, 'NR > 2 && $2 == "enforcement" && $3 == "VALID" { print $1; exit }' "$dir/revoked.csv" "$dir/tokens.csv" | grep -v "^$victim\$" || true)
[ -n "$officer" ] || officer=$(awk -F, -v v="$victim" 'NR > 1 && $3 == "VALID" && $1 != v { print $1; exit }' "$dir/tokens.csv")
prefix=${qr_prefix:-HTTP://$address/V/}
say "An officer's code. Scan it, or open the address below it (Ctrl-C ends)"
office export qr "$officer" --format text --prefix "$prefix"
shown=$(awk -F, -v n="$officer" '$1 == n { print $4 }' "$dir/tokens.csv" | tr -d '\r')
if [ -n "$public_url" ]; then
	echo "$public_url/V/$shown"
else
	echo "A phone cannot reach this computer at the address in the code; on this computer it is"
	echo "http://$address/V/$shown"
	echo "(for a phone on the same Wi-Fi: --listen 0.0.0.0:8080 --public-url http://THIS-COMPUTER:8080)"
fi
wait "$endpoint"
