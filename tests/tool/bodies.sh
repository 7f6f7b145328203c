#!/bin/sh
# Bodies as an office keeps them: an entrusted body from its entry to the end of its term, a merger of three with their people, a split,
# and bodies' own certificates.
set -u
. "$(dirname "$0")/lib.sh.inc"

small_register "$work/home" intl || { not_ok "a small register can be made"; finish; }
home=$work/home
TZ=CST-8
export TZ
particulars='--ground reform --organ department --document 2027-1'
team=12370000MB00000777 organ=11370000MBPL000004
ago() { date -d "-$1 days" +%F; }
is() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1 (got $2, wanted $3)"; fi; }
sheet() { { echo '单位名称,统一社会信用代码,主体类型,行政区划代码,委托机关名称,委托机关代码,委托起始日期,委托截止日期,委托事项,委托权限,委托书文号,委托公开日期,授权依据'; cat; } >"$work/bodies.csv"; }
entrusted() { echo "省市场监管综合执法大队,$team,受委托组织,370000,山东省市场监督管理局,${3:-$organ},$1,$2,${4-食品安全的行政检查},现场检查和调查取证,委托〔2026〕3号,$1,"; }
token_of() { office export tokens --out "$home/tokens.csv"; awk -F, -v n="$1" '$1 == n { print $4 }' "$home/tokens.csv" | tr -d '\r'; }
verify() { "$bin/yaopai-verify" --brief -b "$home/published/bundle" -r "$home/keys/root.cert.pem" "$@" 2>/dev/null | cut -f1; }
ask() { curl -s -m 10 -H 'Content-Type: application/json' --data-binary "{\"token\":\"$1\"}" "http://$address/v1/verify"; }
largest() { tail -n +2 "$work/sheets/holders.csv" | cut -d, -f6 | sort | uniq -c | sort -rn | awk -v n="$1" 'NR == n { print $2 }'; }
all_agree() { # every live credential is offline as the register says
	office export tokens --out "$home/tokens.csv"
	tail -n +2 "$home/tokens.csv" | tr -d '\r' | awk -F, '{ print $3 "\t" $1 }' >"$work/expected"
	tail -n +2 "$home/tokens.csv" | cut -d, -f4 | "$bin/yaopai-verify" -b "$home/published/bundle" -r "$home/keys/root.cert.pem" --brief - >"$work/verdicts" 2>/dev/null
	cmp "$work/expected" "$work/verdicts" && [ -s "$work/verdicts" ]
}

# ---- an entrusted body ----
entrusted "$(ago 30)" "" | sheet
exits 1 "an entrustment without a term" office import bodies "$work/bodies.csv"
says "is refused with what to write" '委托截止日期.*长期'
echo "局,11370000MB00000999,法定行政机关,370000,,,,,检查,,,," | sheet
exits 1 "a statutory organ with entrusted matters" office import bodies "$work/bodies.csv"
says "is refused" '委托事项.*only a 受委托组织'
echo "局,11370000MB00000999,法定行政机关,370000,,,,,,,,,某法" | sheet
exits 1 "a statutory organ authorised by a law" office import bodies "$work/bodies.csv"
says "is refused, too" '授权依据.*only a 法律法规授权组织'
entrusted "$(ago 30)" 2099-12-31 "$organ" "" | sheet
exits 0 "one without matters" office import bodies "$work/bodies.csv" --json
says "is entered and counted" '"new":1.*"entrustments_incomplete":1'
entrusted "$(ago 30)" 2099-12-31 | sheet
exits 0 "with everything" office import bodies "$work/bodies.csv"
says "nothing is warned of" '^0 new, 1 updated, 0 unchanged, 0 refused$'
exits 0 "show tells of the entrustment" office show "$team"
for fact in 'entrusted by +山东省市场监督管理局' '  matters +食品安全的行政检查' '  authority +现场检查和调查取证' '  document +委托〔2026〕3号' 'status +valid'; do
	says "$fact" "$fact"
done
{ entrusted "$(ago 30)" 2099-12-31; echo "中队,12370000MB00000888,受委托组织,370000,大队,$team,$(ago 9),长期,检查,检查,1号,,"; } | sheet
exits 1 "what is entrusted is not passed on" office import bodies "$work/bodies.csv"
says "with the reason" 'may not pass its entrustment on'

{ head -1 "$work/sheets/holders.csv"; echo "1,钱一一,女,11010519491231002X,省市场监管综合执法大队,$team,科员,行政编制,市场监管,370000,15199999990,$(ago 3),2030-01-31,有效,,"; } >"$work/one.csv"
exits 0 "somebody works there" office import holders "$work/one.csv"
exits 0 "and is certified" office issue
office publish >/dev/null
card=$(token_of 15199999990)
is "in the organ's name, and it is VALID" "$(verify "$card")" VALID
check "the card names the organ" sh -c '"$1" -b "$2" -r "$3" "$4" | grep -q 山东省市场监督管理局' _ "$bin/yaopai-verify" "$home/published/bundle" "$home/keys/root.cert.pem" "$card"
entrusted "$(ago 30)" "$(ago 1)" | sheet
exits 0 "its term ends" office import bodies "$work/bodies.csv"
office publish >/dev/null
is "so the card is SUSPENDED" "$(verify "$card")" SUSPENDED
exits 0 "show says" office show 15199999990
says "that the entrustment is the cause" 'because of +entrustment'
entrusted "$(ago 1)" 长期 | sheet
exits 0 "it is entrusted again" office import bodies "$work/bodies.csv"
exits 0 "its organ is suspended" office suspend --body "$organ" $particulars
office publish >/dev/null
is "so nobody acts in its name" "$(verify "$card")" SUSPENDED
exits 0 "show says" office show "$team"
says "that it is the entrustment" 'because of +entrustment'
says "and what happened to the organ" 'which was +suspended'
exits 0 "the organ is reinstated" office reinstate --body "$organ" $particulars
office publish >/dev/null
is "and the card is VALID again" "$(verify "$card")" VALID

# ---- three bodies become one ----
a=$(largest 1) b=$(largest 2) c=$(largest 3)
in_a=$(awk -F, -v u="$a" '$6 == u && $14 == "有效" { print $11; exit }' "$work/sheets/holders.csv")
exits 2 "a succession without its ground" office succeed "$a" --by "$c" --organ x --document y
says "names what is missing" '--ground is missing'
exits 2 "in the future" office succeed "$a" --by "$c" $particulars --effective 2099-01-01
says "is to be recorded on that day" 'takes effect when it is recorded'
exits 2 "in the past" office succeed "$a" --by "$c" $particulars --effective 2020-01-01
says "is not possible" 'cannot be dated back'
exits 2 "by a body that is not there" office succeed "$a" --by 11370000MB00000999 $particulars
says "is refused" 'import it first'
exits 2 "by an entrusted one" office succeed "$a" --by "$team" $particulars
says "is refused" 'no powers of its own'
exits 0 "a dry run" office succeed "$a" --by "$c" $particulars --dry-run --json
says "tells what would happen" '"abolished":true,.*"dry_run":true,"reissued":0,"refused":0,"waiting_for_reissue":[1-9]'
exits 0 "and nothing has" office show "$a"
says "the body is good" 'status +valid'
before=$(office show --json | sed 's/.*"holders":\([0-9]*\).*/\1/')
old_card=$(token_of "$in_a")
exits 0 "the first merges into the second" office succeed "$a" --by "$b" $particulars --effective "$(date +%F)"
says "its people are reissued" 'certificates reissued'
exits 0 "and the second into the third" office succeed "$b" --by "$c" $particulars --json
says "with those who came from the first" '"abolished":true'
is "nobody was lost" "$(office show --json | sed 's/.*"holders":\([0-9]*\).*/\1/')" "$before"
office publish >/dev/null
is "the old card is VOID" "$(verify "$old_card")" VOID
is "the new one is VALID" "$(verify "$(token_of "$in_a")")" VALID
check "every certificate is as the register says" all_agree
exits 0 "show tells of the person" office show "$in_a"
says "that she is in the third" "body code +$c"
exits 0 "show tells of the second" office show "$b"
says "that it is abolished" 'status +abolished'
says "what took over" "succeeded by +$c"
says "and from whom it had" "took over +$a"
exits 2 "a second time" office succeed "$a" --by "$c" $particulars
says "is refused" 'was succeeded already'
exits 1 "the spreadsheet of before" office import holders "$work/sheets/holders.csv"
says "brings nobody back" "took over from it"

# ---- one body is split up ----
d=$(largest 4) e=$(largest 5)
tail -n +2 "$work/sheets/holders.csv" | awk -F, -v u="$d" '$6 == u && $14 != "注销" && $14 != "吊销" && $14 != "撤销" { print $11 }' >"$work/all"
head -2 "$work/all" >"$work/some"
{ cat "$work/some"; echo 15100009999; } >"$work/wrong"
exits 2 "a list with a number that is not there" office succeed "$d" --by "$c" --only "$work/wrong" $particulars
says "names it and moves nobody" '15100009999: no certificate'
exits 0 "some go to the third" office succeed "$d" --by "$c" --only "$work/some" $particulars --no-issue
says "the rest stay" "2 moved from $d to $c; [0-9]+ are left in $d, which stays"
says "and wait for their new cards" '2 certificates wait to be reissued'
exits 0 "the rest go elsewhere" sh -c 'tail -n +3 "$1/all" | "$2" --home "$3" --quiet succeed '"$d --by $e --only - $particulars" _ "$work" "$bin/yaopai" "$home"
stays=abolished
grep -qxF '' "$work/all" && stays=valid # whose number was given at issue is in no list, and is left
exits 0 "show tells of the one that was split" office show "$d"
says "that it is abolished with its last" "status +$stays"
exits 0 "the first two get their cards" office issue --changed
office publish >/dev/null
check "every certificate is as the register says" all_agree
exits 0 "show tells of both parts" office show "$d" --json
says "in the order of time" "\"successions\":\\[\\{\"successor\":\"$e\".*\"successor\":\"$c\".*\"part\":true"

# ---- a body's own certificate ----
f=$(largest 6)
exits 2 "a body's code before there is a certificate" office export qr "$f" --out "$work/qr"
says "tells how to make one" 'yaopai issue --bodies'
exits 0 "every good body gets one" office issue --bodies --json
says "but the abolished ones" '"issued":[1-9][0-9]*,"replaced":0,"already":0,"abolished":[2-9]'
exits 0 "again" office issue --bodies --changed --json
says "nobody gets a second" '"issued":0,'
office publish >/dev/null
plate=$(token_of "$f")
is "it is VALID offline" "$(verify "$plate")" VALID
exits 0 "the verifier tells of it" "$bin/yaopai-verify" -b "$home/published/bundle" -r "$home/keys/root.cert.pem" "$plate"
says "that it is a body's" "certificate +body's certificate"
says "with its code for a number" "number +$f"
says "and that it makes nobody an officer" 'makes nobody an officer'
exits 0 "show tells of it" office show "$f"
says "and of its end" 'good until +20'
exits 0 "its QR code is drawn" office export qr "$f" --out "$work/qr"
check "in a file of its code" test -s "$work/qr/$f.png"
check "every certificate is as the register says" all_agree
if start_endpoint "$home"; then
	ask "$plate" >"$work/answer"
	is "the endpoint knows it by its token" "$(field "$work/answer" verdict) $(field "$work/answer" source) $(field "$work/answer" kind)" "VALID register body"
	curl -s -m 10 -H 'Accept-Language: en' "http://$address/V/$plate" >"$work/page"
	check "the page tells a passer-by the same" grep -q 'makes nobody an officer' "$work/page"
	office suspend --body "$f" $particulars >/dev/null
	ask "$plate" >"$work/answer"
	is "suspended with the body, in the next answer" "$(field "$work/answer" verdict) $(field "$work/answer" cause)" "SUSPENDED body"
	office publish >/dev/null
	is "and offline" "$(verify "$plate")" SUSPENDED
	office reinstate --body "$f" $particulars >/dev/null
	echo "新名称局,$f,法定行政机关,370000,,,,,,,,," | sheet
	exits 0 "its name changes" office import bodies "$work/bodies.csv"
	exits 0 "issue tells" office issue --bodies
	says "that one is older than its entries" '1 have entries newer than their credential'
	exits 0 "it is reissued" office issue --bodies --changed
	says "in place of the old one" '1 issued \(1 of them in place of an older one\)'
	ask "$plate" >"$work/answer"
	is "the old one is void" "$(field "$work/answer" verdict) $(field "$work/answer" cause)" "VOID credential"
	plate=$(token_of "$f")
	ask "$plate" >"$work/answer"
	is "the new one has the new name" "$(field "$work/answer" verdict) $(field "$work/answer" name)" "VALID 新名称局"
	office succeed "$f" --by "$c" $particulars >/dev/null
	ask "$plate" >"$work/answer"
	is "with the body it ends" "$(field "$work/answer" verdict) $(field "$work/answer" cause)" "VOID body"
	office publish >/dev/null
	is "offline, too" "$(verify "$plate")" VOID
	stop_endpoint
else
	not_ok "the endpoint starts" "$work/yaopaid.log"
fi
exits 2 "--expiring-within is for bodies" office issue --expiring-within 6
exits 0 "those that end soon are renewed" office issue --bodies --expiring-within 240 --json
says "unless they would end no later" '"issued":0,'
exits 0 "the journal proves all of it" office audit
finish
