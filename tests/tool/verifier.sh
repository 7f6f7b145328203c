#!/bin/sh
# yaopai-verify as an inspector meets it: one token, lists, files, other formats, and everything it must refuse.
set -u
. "$(dirname "$0")/lib.sh.inc"

verify() { "$bin/yaopai-verify" "$@"; }
exits 0 "--help explains" verify --help
says "--help tells the exit codes" 'Exit code: 0'
exits 0 "--version answers" verify --version

for profile in intl gm; do
	small_register "$work/$profile" $profile || { not_ok "a small register can be made ($profile)"; finish; }
done
home=$work/gm
row=$(row_of enforcement VALID)
exits 0 "a certificate of the gm profile is valid" verify -b "$home/published/bundle" -r "$home/keys/root.cert.pem" "${row##*,}"
home=$work/intl
bundle=$home/published/bundle root=$home/keys/root.cert.pem
row=$(row_of enforcement VALID)
number=${row%%,*} token=${row##*,}
judge() { verify --bundle "$bundle" --root "$root" "$@"; }

exits 0 "a good certificate is valid" judge "$token"
says "the verdict is plain" '\[ VALID \]'
says "the number is shown" "$number"
says "the status is dated" 'status as of'
says "it says what to do next" 'Compare the name and number'
says "a demonstration says so" '^\*\*\* DEMONSTRATION'
exits 0 "a Chinese reader reads Chinese" env LC_ALL=zh_CN.UTF-8 "$bin/yaopai-verify" -b "$bundle" -r "$root" "$token"
says "the verdict is Chinese" '【有效】'
exits 0 "the QR text with its address is judged" judge "HTTPS://V.EXAMPLE.CN/V/$token"
exits 0 "JSON is written" judge --json "$token"
says "JSON: the verdict" '"verdict":"VALID","code":1,'
says "JSON: the demonstration and its note" '"demonstration":true,"note":"DEMONSTRATION'
says "JSON: the number" "\"number\":\"$number\""
exits 0 "brief" judge --brief "$token"
says "brief: verdict, tab, number" "^VALID	$number\$"
exits 1 "rubbish is no certificate" judge HELLO
says "it is UNREADABLE" UNREADABLE
says "a demonstration says so with every verdict" DEMONSTRATION
exits 1 "an empty token" judge ""
exits 1 "control characters do not reach the terminal" judge "$(printf 'A\033[31mB\007')"
if grep -q "$(printf '\033')" "$work/exits.out" "$work/exits.log"; then not_ok "no escape sequence in the answer"; else ok "no escape sequence in the answer"; fi

# the past and the future
exits 1 "long before, no trust list was in force" judge --now 2000-01-01 "$token"
says "it is TRUST_EXPIRED" 'TRUST_EXPIRED'
says "the answer tells the instant given" 'judged as of +2000-01-01T00:00:00\+08:00'
exits 1 "next month the status is not known" judge --brief --now "$(date -u -d '+30 days' +%Y-%m-%d)" "$token"
says "it is STATUS_UNKNOWN" 'STATUS_UNKNOWN'
exits 0 "tomorrow it is stale" judge --json --now "$(date -u -d '+1 day' +%Y-%m-%dT%H:%M:%SZ)" "$token"
says "JSON: stale" '"stale":true'
exits 2 "a date that is none" judge --now yesterday "$token"

# lists
tail -n +2 "$home/tokens.csv" | tr -d '\r' | cut -d, -f4 >"$work/tokens"
tail -n +2 "$home/tokens.csv" | tr -d '\r' | awk -F, '{ print $3 "\t" $1 }' >"$work/expected"
judge --brief - <"$work/tokens" >"$work/verdicts"
check "a list is judged in order and as the register says" cmp "$work/expected" "$work/verdicts"
judge --brief --jobs 1 --file "$work/tokens" >"$work/verdicts"
check "one thread answers the same" cmp "$work/expected" "$work/verdicts"
i=0
while [ $i -lt 40 ]; do cat "$work/tokens"; i=$((i + 1)); done >"$work/many"
judge --brief --jobs 7 --file "$work/many" >"$work/many.verdicts"
i=0
while [ $i -lt 40 ]; do cat "$work/expected"; i=$((i + 1)); done >"$work/many.expected"
check "a long list keeps its order on seven threads" cmp "$work/many.expected" "$work/many.verdicts"
{ echo "$token"; echo; head -c 200000 /dev/zero | tr '\0' A; echo; echo "$token"; printf '%s' "$token"; } >"$work/mixed"
exits 1 "a list with an empty line and one too long" judge --brief -f "$work/mixed"
says "has an answer for every line" VALID
check "five answers in their places" test "$(cut -f1 "$work/exits.out" | tr '\n' ' ')" = "VALID UNREADABLE UNREADABLE VALID VALID "
exits 1 "the human list ends with counts" judge -f "$work/mixed"
says "counts" '^5 judged: 3 VALID 2 UNREADABLE$'
exits 1 "several inputs: the greatest code" judge --brief "$token" HELLO "$token"
head -c 3000000 /dev/urandom >"$work/noise"
exits 1 "three megabytes of noise are judged line by line" judge --brief -f "$work/noise"
padding=$(printf '%*s' $(((8 - ${#token} % 8) % 8)) '' | tr ' ' '=')
printf '%s%s' "$token" "$padding" | base32 -d >"$work/raw"
exits 0 "raw bytes are judged" judge --raw "$work/raw"
exits 1 "raw bytes cut short" judge --brief --raw /dev/null
exits 1 "raw bytes beyond any certificate" judge --brief --raw "$work/noise"

# forged and changed
last=$(printf '%s' "$token" | tail -c 5 | head -c 1)
[ "$last" = A ] && other=B || other=A
exits 1 "one changed character of the signature" judge --brief "$(printf '%s' "$token" | sed "s/.\(....\)\$/$other\1/")"
says "it is FORGED, and shows no number" '^FORGED	$'
check "a certificate is revoked" office revoke "$number" --ground g --organ o --document d
exits 0 "the old bundle does not know yet" judge --brief "$token"
check "lists are published" office publish
exits 1 "the new bundle does" judge --brief "$token"
says "it is VOID" '^VOID	'

# what it cannot judge with
exits 2 "no bundle" verify --root "$root" "$token"
exits 2 "no root" verify --bundle "$bundle" "$token"
exits 2 "a bundle that is not there" verify -b "$work/none" -r "$root" "$token"
exits 2 "a root that is not there" verify -b "$bundle" -r "$work/none" "$token"
exits 2 "a bundle that is a directory" verify -b "$work" -r "$root" "$token"
exits 2 "a root that is no certificate" verify -b "$bundle" -r "$bundle" "$token"
says "it says what was wanted" 'wanted the root certificate'
exits 2 "a root that is an issuer's certificate" verify -b "$bundle" -r "$home/keys/issuer.cert.pem" "$token"
exits 2 "a bundle of another root" verify -b "$bundle" -r "$work/gm/keys/root.cert.pem" "$token"
says "it names the root" 'no trust list signed by'
exits 0 "two roots, one of them its own" verify --brief -b "$bundle" -r "$work/gm/keys/root.cert.pem" -r "$root" "$(row_of moderator VALID | sed 's/.*,//')"
exits 2 "noise is no bundle" verify -b "$work/noise" -r "$root" "$token"
head -c $(($(wc -c <"$bundle") - 1)) "$bundle" >"$work/cut"
exits 2 "a bundle cut by one byte" verify -b "$work/cut" -r "$root" "$token"
{ head -c 300 "$bundle"; printf 'X'; tail -c +302 "$bundle"; } >"$work/bent"
exits 2 "a bundle with one byte changed" verify -b "$work/bent" -r "$root" "$token"
exits 2 "a list that is not there" judge -f "$work/none"
exits 2 "nothing on standard input" judge -
says "it says that there was nothing" 'nothing to judge'
exits 2 "an unknown option" judge --skip-signature "$token"
says "it names the option" 'skip-signature'
exits 2 "no threads" judge --jobs 0 "$token"
exits 2 "two formats at once" judge --json --brief "$token"
if [ -w /dev/full ]; then
	judge --brief "$token" >/dev/full 2>"$work/full"
	check "answers that cannot be written are not a verdict" test $? -eq 2
fi
finish
