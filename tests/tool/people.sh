#!/bin/sh
# One officer's whole life in the register: hired, examined, certified, reviewed, transferred, the card lost, renewed, suspended,
# reinstated, revoked with a ban, certified again after it, retired, and back; beside it moderators, supervisors and ministries' people.
set -u
. "$(dirname "$0")/lib.sh.inc"

home=$work/home
particulars='--ground art.9 --organ dept --document 7'
day() { date -u -d "+8 hours $1" +%Y-%m-%d; }
instant() { date -u -d "@$(($(date +%s) + 8 * 3600 + $1))" +%Y-%m-%dT%H:%M:%S+08:00; }
status_of() { office show "$1" --json >"$work/shown" && field "$work/shown" status; }
token_of() { office export tokens 2>/dev/null | tr -d '\r' | awk -F, -v n="$1" '$1 == n { t = $4 } END { print t }'; }
offline() { # offline <token>: the verdict by what was published last
	"$bin/yaopai-verify" --bundle "$home/published/bundle" --root "$home/keys/root.cert.pem" --brief "$1" 2>/dev/null | cut -f1
}
is() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1 (got $2, wanted $3)"; fi; }
holders='姓名,身份证号,统一社会信用代码,职务,编制类型,执法领域,执法区域,执法证号,发证日期,有效期至,考试日期'

office init --demo >/dev/null && office keys new >/dev/null && office trust sign >/dev/null
cat >"$work/bodies.csv" <<'CSV'
单位名称,统一社会信用代码,主体类型,行政区划代码
历下区市场监督管理局,11370102MB00000013,法定行政机关,370102
历下区农业农村局,11370102MB00000021,法定行政机关,370102
CSV
exits 0 "two bodies" office import bodies "$work/bodies.csv"

# ---- hired and certified ----
printf '%s\n' "$holders" '张三,37010219900101001X,11370102MB00000013,科员,行政编制,市场监管,370102,,,,' >"$work/zhang.csv"
exits 0 "hired" office import holders "$work/zhang.csv"
exits 1 "without an exam there is no certificate" office issue
says "and the reason is told" 'not issued, no passed exam \(考试日期\) is recorded'
printf '%s\n' "$holders" "张三,37010219900101001X,11370102MB00000013,科员,行政编制,市场监管,370102,,,$(day '+100 days'),$(day -9days)" >"$work/zhang.csv"
exits 0 "the exam is entered" office import holders "$work/zhang.csv"
says "as an update" '1 updated'
exits 0 "issued" office issue
says "one" '^1 issued'
n=15000000001
is "it is good" "$(status_of $n)" valid
exits 0 "published" office publish
first=$(token_of $n)
is "good offline" "$(offline "$first")" VALID

# ---- periodic review ----
exits 2 "a review in the future" office review $n --passed --on "$(day '+2 days')"
says "is refused" 'lies in the future'
exits 0 "a failed review" office review $n --failed --on "$(day -5days)"
is "suspends" "$(status_of $n)" suspended
says_shown() { if grep -q "$2" "$work/shown"; then ok "$1"; else not_ok "$1" "$work/shown"; fi; }
says_shown "because of the qualification" '"cause":"qualification"'
exits 0 "published" office publish
is "also offline" "$(offline "$first")" SUSPENDED
start_endpoint "$home" || not_ok "the endpoint starts" "$work/yaopaid.log"
ask() { curl -s -H 'Content-Type: application/json' -d "{\"token\":\"$1\"}" "http://$address/v1/verify"; }
ask "$first" >"$work/answer"
check "and online, in the same words" grep -q 'because of the qualification' "$work/answer"
printf '证号,姓名,审验结果,审验日期\n%s,张三,合格,%s\n' $n "$(day -1day)" >"$work/reviews.csv"
exits 0 "a review that is passed, from a spreadsheet" office import reviews "$work/reviews.csv"
exits 0 "twice" office import reviews "$work/reviews.csv"
says "changes nothing" '1 unchanged'
printf '证号,姓名,审验结果,审验日期\n%s,李四,合格,%s\n' $n "$(day -1day)" >"$work/wrong.csv"
exits 1 "with another name" office import reviews "$work/wrong.csv"
says "is refused" 'someone of another name'
is "it is good again" "$(status_of $n)" valid
says_shown "and the next review is known" '"review_due"'

# ---- the rules are in the register, for the endpoint too ----
sed -i 's/^overdue = report/overdue = suspend/; s/^cycle_months = 12/cycle_months = 1/' "$home/yaopai.conf"
exits 0 "a dry run" office import bodies "$work/bodies.csv" --dry-run
if grep -q 'in force there now' "$work/exits.log"; then not_ok "takes no rules over"; else ok "takes no rules over"; fi
exits 0 "a review long ago is overdue by the new rules" office review $n --passed --on "$(day -1day)" --due "$(day 'now')"
says "and the rules are told" 'in force there now'
is "on the due day it is good" "$(status_of $n)" valid
sed -i 's/^overdue = suspend/overdue = report/; s/^cycle_months = 1$/cycle_months = 12/' "$home/yaopai.conf"

# ---- transferred, promoted ----
exits 2 "a transfer to a body that is not there" office amend $n --body 11370102MB00000099 --ground 调动
exits 2 "a transfer in the future" office amend $n --body 11370102MB00000021 --effective 2099-01-01 --ground 调动
says "is refused with the reason" 'run it on that day'
exits 2 "an amendment without its ground" office amend $n --post 科长
exits 0 "a transfer" office amend $n --body 11370102MB00000021 --post 科长 --fields 农业农村、市场监管 --ground 调动 --document 调字7号
says "is reissued at once" '1 certificates reissued'
exits 0 "published" office publish
second=$(token_of $n)
is "the old one is void" "$(offline "$first")" VOID
is "the new one good" "$(offline "$second")" VALID
exits 0 "the same again" office amend $n --body 11370102MB00000021 --post 科长 --ground 调动
says "changes nothing" '1 as before'
printf '%s\n' "$holders" "张三,37010219900101001X,11370102MB00000021,科长,行政编制,市场监管、农业农村,370102,,,$(day '+100 days'),$(day -9days)" >"$work/zhang.csv"
exits 0 "the updated spreadsheet" office import holders "$work/zhang.csv"
says "says nothing new" '1 unchanged'

# ---- lost, damaged, renewed ----
exits 0 "the card is lost" office reissue $n --lost --ground 遗失声明 --no-issue
ask "$second" >"$work/answer"
check "it is void at once, before there is a new one" grep -q '"verdict":"VOID"' "$work/answer"
exits 0 "the new one" office issue --changed
third=$(token_of $n)
exits 0 "damaged" office reissue $n --damaged --ground 磨损
exits 0 "renewed, 100 days before the end" office reissue --renewal --expiring-within 6 --body 11370102MB00000021 --ground 期满换证
says "one" '^1 renewed'
exits 2 "twice" office reissue $n --renewal --ground 期满换证
says "is too early" 'can be renewed from'
exits 0 "show" office show $n --json
says "the new end" "\"renewed_until\":\"$(date -u -d "$(day '+100 days') +60 months" +%Y)"
exits 0 "published" office publish
is "the one before is void" "$(offline "$third")" VOID
is "the last one good" "$(offline "$(token_of $n)")" VALID

# ---- suspended, reinstated, revoked ----
exits 0 "suspended" office suspend $n $particulars --end "$(instant 3600)"
exits 2 "a renewal then" office reissue $n --renewal --ground 期满换证
says "waits" 'suspended'
exits 0 "reinstated" office reinstate $n $particulars
exits 0 "revoked with a ban" office revoke $n $particulars --ban-until "$(instant 4)"
is "void" "$(status_of $n)" void
sed 's/,科长,/,科员,/' "$work/zhang.csv" >"$work/again.csv"
exits 1 "within the ban nobody applies again" office import holders "$work/again.csv"
says "with the reason" 'a revocation carried a ban'
sleep 4
exits 0 "after the ban" office import holders "$work/again.csv"
exits 0 "certified again" office issue
m=15000000002
is "under a new number" "$(status_of $m)" valid
is "the old one stays void" "$(status_of $n)" void

# ---- retired, and back ----
exits 0 "retired" office cancel --person $m --because retired --organ dept --document 9
is "the certificate follows" "$(status_of $m)" suspended
exits 2 "no amendment for who has left" office amend $m --post 处长 --ground 晋升
exits 2 "a return with the certificate of before" office reinstate --person $m $particulars
says "is refused" 'cancel it first'
exits 0 "cancelled" office cancel $m --because retired --organ dept --document 9
exits 1 "a row does not bring back who has left" office import holders "$work/again.csv"
says "and says what does" 'reinstate --person records a return'
exits 0 "the return" office reinstate --person $m $particulars
exits 0 "hired again" office import holders "$work/again.csv"
exits 0 "certified anew" office issue
is "under a third number" "$(status_of 15000000003)" valid

# ---- moderators, supervisors, ministries ----
printf '姓名,身份证号,统一社会信用代码,执法区域,主持人证号,培训日期,考试日期\n李四,370102199001010028,11370102MB00000013,370102,15T00000001,%s,\n' "$(day -90days)" >"$work/moderators.csv"
exits 0 "a moderator who was trained" office import moderators "$work/moderators.csv"
exits 1 "and not examined is not certified" office issue
says "with the reason" '15T00000001.*no passed exam'
printf '姓名,身份证号,统一社会信用代码,监督区域,行政执法监督证号\n王五,370102199001010036,11370102MB00000013,37,\n' >"$work/supervisors.csv"
exits 0 "a supervisor" office import supervisors "$work/supervisors.csv"
exits 1 "is certified" office issue
says "one" '^1 issued'
is "under a number of its own kind" "$(status_of 15J00000001)" valid
check "and verified offline" sh -c '"$1" publish >/dev/null; [ "$2" ]' _ true "$(token_of 15J00000001)"
office publish >/dev/null
is "as good" "$(offline "$(token_of 15J00000001)")" VALID
printf '姓名,身份证号,统一社会信用代码,执法区域,证号,发证部门,有效期至\n赵六,370102199001010044,11370102MB00000013,37,ZJ0001,某部,%s\n' "$(day '+300 days')" >"$work/ministry.csv"
exits 0 "a ministry's certificate is recorded" office import ministry "$work/ministry.csv"
exits 0 "shown" office show ZJ0001 --json
says "with who issued it" '"ministry":"某部"'
printf '%s\n' "$holders" "赵六,370102199001010044,11370102MB00000013,科员,行政编制,市场监管,370102,,,,$(day -9days)" >"$work/zhao.csv"
exits 0 "the same person applies here" office import holders "$work/zhao.csv"
exits 1 "and holds one already" office issue
says "with the reason" 'valid ministry certificate'
exits 2 "nothing is reissued of a ministry's" office reissue ZJ0001 --damaged --ground 磨损
says "it is only recorded" 'only recorded here'

# ---- settings ----
echo '64 = 海洋渔业, marine fishery' >"$work/own" && sed -i "/^\[fields\]/r $work/own" "$home/yaopai.conf"
exits 0 "a field of the office's own" office amend 15000000003 --fields 海洋渔业 --ground 职责调整
exits 0 "is shown" office show 15000000003
says "by its name" '海洋渔业'
exits 0 "settings" office settings
says "lists it" '64 = 海洋渔业, marine fishery'
stop_endpoint
finish
