#!/bin/sh
# Import as the office meets it: good files in every form, and every bad file and bad row that must be refused with a sentence.
set -u
. "$(dirname "$0")/lib.sh.inc"

home=$work/home
"$bin/yaopai" sample "$work/sheets" --scale 0.1 --today 2026-06-01 >/dev/null 2>&1
check "same seed and day, same bytes" sh -c '"$1" --quiet sample "$2/again" --scale 0.1 --today 2026-06-01 >/dev/null && diff -r "$2/sheets" "$2/again"' _ "$bin/yaopai" "$work"
office init --demo >/dev/null && office keys new >/dev/null && office trust sign >/dev/null
exits 2 "holders before bodies: every row is refused, and said so" sh -c '"$0" --home "$1" -q import holders "$2" --strict' "$bin/yaopai" "$home" "$work/sheets/holders.csv"
says "the sentence says what to do" 'import bodies first'
exits 0 "bodies" office import bodies "$work/sheets/bodies.csv"
exits 0 "a dry run enters nothing" office import holders "$work/sheets/holders.csv" --dry-run --json
says "it tells what would happen" '"new":101'
exits 0 "holders" office import holders "$work/sheets/holders.csv" --json
says "all are new" '"new":101,"updated":0,"unchanged":0,"refused":0'
exits 0 "again" office import holders "$work/sheets/holders.csv" --json
says "nothing changes" '"new":0,"updated":0,"unchanged":101,"refused":0'
exits 0 "moderators" office import moderators "$work/sheets/moderators.csv"

head='序号,姓名,性别,身份证号,所在单位,统一社会信用代码,职务,编制类型,执法领域,执法区域,执法证号,发证日期,有效期至,证件状态,备注'
good=$(sed -n 3p "$work/sheets/holders.csv" | tr -d '\r')
uscc=$(echo "$good" | cut -d, -f6)
new() { # new <identity number> <certificate number> <status> [field index] [value]: a row for a person not in the sample
	echo "1,钱七,,$1,,$uscc,科员,行政编制,市场监管,370102,$2,2026-01-05,2030-12-31,$3," |
		awk -F, -v OFS=, -v i="${4:-0}" -v v="${5:-}" '{ if (i) $i = v; print }'
}
sheet() { { echo "$head"; cat; } >"$work/sheet.csv"; }
idnumber() { # idnumber <17 digits>: with its check character
	echo "$1" | awk '{ split("7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2", w, " "); for (i = 1; i <= 17; i++) s += w[i] * substr($0, i, 1); print $0 substr("10X98765432", s % 11 + 1, 1) }'
}
a=$(idnumber 37010219900101001) b=$(idnumber 37010219900101003)

row_refused() { # row_refused <sentence> <pattern>: the sheet on standard input has one bad row
	sheet
	exits 1 "$1" office import holders "$work/sheet.csv" --errors "$work/errors.csv"
	says "  and says: $2" "$2"
	says "  with its row and column" 'row 2(, column [A-O] |:)'
	if grep -q "$a" "$work/exits.out" "$work/exits.log"; then not_ok "  no identity number on the terminal"; else ok "  no identity number on the terminal"; fi
}
new "${a%?}0" "" 有效 | sed "s/${a%?}0/$(echo "$a" | cut -c1-17)$([ "${a#?????????????????}" = 0 ] && echo 1 || echo 0)/" | row_refused "a wrong check character" 'check character'
new "3.70102E+17" "" 有效 | row_refused "Excel's rounded number" 'turned it into a rounded number'
new "${a%???}000" "" 有效 | row_refused "three digits cut by Excel" 'Excel cut|check character'
new "$a" "" 有效 6 11370102MB00000000 | row_refused "an unknown body" 'no body with this code'
new "$a" 16000000001 有效 | row_refused "a number that does not fit the template" '15#########'
new "$a" "" 有效 12 2026-02-30 | row_refused "a date that does not exist" 'not a date'
new "$a" "" 有效 13 2025-12-31 | row_refused "an end before the beginning" 'before the date of issue'
new "$a" "" 有效 9 星际航行 | row_refused "an unknown field" 'field that is not known'
new "$a" "" 有效 10 999999 | row_refused "an unknown division" 'not a division'
new "$a" "" 有效 8 劳务派遣 | row_refused "dispatched staff" 'may not be certified'
new "$a" "" 丢失 | row_refused "an unknown status" '有效 暂扣 注销 吊销 撤销'
new "$a" "" 有效 2 "" | row_refused "no name" 'compulsory'
new "$a" "" 有效 2 "钱$(printf '\342\200\256')七" | row_refused "a mark that turns the direction of writing" 'invisible'
new "$a" "" 有效 2 "钱$(printf '\356\200\200')" | row_refused "a private-use character" 'private-use'
new "$a" 1.59E+10 有效 | row_refused "a rounded certificate number" 'rounded number'
new "$a" "" 有效 7 '####' | row_refused "a column that was too narrow" 'too narrow'
new "$a" "" 有效 9 '#N/A' | row_refused "the error of a formula" "formula's error"
new "$a" "" 吊销 | row_refused "a void row without a number" 'void certificate is recorded under its number'
new "$a" "" 有效 | cut -d, -f1-9 | row_refused "a short row in the middle" '9 cells'
[ "$(stat -c %a "$work/errors.csv")" = 600 ] && ok "the error file is for its owner only" || not_ok "the error file is for its owner only"
check "the error file carries the original row and the reason" grep -q '行号,列,问题' "$work/errors.csv"

{ new "$a" 15900000001 有效; new "$a" 15900000002 有效; } | sheet
exits 1 "one person twice in one file" office import holders "$work/sheet.csv" --dry-run
says "names the other row" 'row 2 already'
{ new "$a" 15900000001 有效; new "$b" 15900000001 有效; } | sheet
exits 1 "one number twice in one file" office import holders "$work/sheet.csv" --dry-run
says "names the other row" 'row 2 already'
exits 2 "--strict refuses the file" office import holders "$work/sheet.csv" --strict
says "and nothing was entered" 'nothing was entered'
new "$a" 15900000001 有效 | sheet
exits 0 "a new holder" office import holders "$work/sheet.csv"
new "$a" 15900000002 有效 | sheet
exits 1 "a second certificate for one person" office import holders "$work/sheet.csv"
says "names the one held" 'already holds certificate 15900000001'
new "$b" 15900000001 有效 | sheet
exits 1 "a number that belongs to someone else" office import holders "$work/sheet.csv"
says "and says so" 'belongs to someone else'
new "$a" 15900000001 有效 7 科长 | sheet
exits 0 "a differing row is an update" office import holders "$work/sheet.csv" --json
says "counted as one" '"updated":1'
new "$b" " 15900000003" 有效 4 " $(echo "$b" | sed "s/3/$(printf '\357\274\223')/g; s/X\$/x/")" | sheet
exits 0 "full-width digits and a lower-case x are repaired" office import holders "$work/sheet.csv"
office suspend 15900000001 --ground g --organ o --document d >/dev/null
new "$a" 15900000001 有效 7 科长 | sheet
exits 0 "the same file after a suspension" office import holders "$work/sheet.csv" --json
says "changes nothing" '"unchanged":1'
new "$a" 15900000001 有效 7 局长 | sheet
exits 1 "an import does not lift a suspension" office import holders "$work/sheet.csv"
says "and says how to" 'yaopai reinstate'
office revoke 15900000003 --ground g --organ o --document d --ban-until 2099-01-01 >/dev/null
new "$b" 15900000003 有效 7 科长 | sheet
exits 1 "a revoked certificate does not come back by import" office import holders "$work/sheet.csv"
says "and says so" 'does not come back'
new "$b" 15900000004 有效 | sheet
exits 1 "a person under a re-apply ban" office import holders "$work/sheet.csv"
says "and says so" 'may not apply again'

{ echo "序号,姓名,性别,身份证号,绩效"; echo "1,a,男,$a,9"; } >"$work/bad.csv"
exits 2 "an unknown heading" office import holders "$work/bad.csv"
says "is named" '绩效'
{ echo "$head" | sed 's/,姓名//'; echo 1; } >"$work/bad.csv"
exits 2 "a missing heading" office import holders "$work/bad.csv"
says "is named" '姓名'
{ echo "$head,姓名"; echo 1; } >"$work/bad.csv"
exits 2 "a heading twice" office import holders "$work/bad.csv"
: >"$work/bad.csv"
exits 2 "an empty file" office import holders "$work/bad.csv"
echo "$head" >"$work/bad.csv"
exits 2 "only a heading" office import holders "$work/bad.csv"
head -c 30000 "$work/sheets/holders.csv" | head -c -20 >"$work/bad.csv"
size=$(($(wc -c <"$work/sheets/holders.csv") / 2))
head -c $size "$work/sheets/holders.csv" >"$work/bad.csv"
exits 2 "a file cut in half" office import holders "$work/bad.csv"
head -c 5000 /dev/urandom >"$work/bad.csv"
exits 2 "binary rubbish" office import holders "$work/bad.csv"
printf '%s\n"' "$head" >"$work/bad.csv"
head -c 100000000 /dev/zero | tr '\0' 'x' >>"$work/bad.csv"
exits 2 "a field of 100 MB" office import holders "$work/bad.csv"
says "is called by its name" 'longer than 131072 bytes'
printf '%s\n\315\365\316\345,x\n' "$head" >"$work/bad.csv"
exits 2 "half UTF-8, half GB18030" office import holders "$work/bad.csv"
says "is neither, and told to be saved as UTF-8" 'UTF-8'
exits 2 "a directory" office import holders "$work"
exits 2 "a file that is not there" office import holders "$work/nowhere.csv"
exits 2 "an unknown kind of file" office import people "$work/sheet.csv"
rm "$work/bad.csv"

awk -F, -v OFS=, '{ t = $2; $2 = $4; $4 = t; print }' "$work/sheets/holders.csv" >"$work/shuffled.csv"
printf '\357\273\277' >"$work/bom.csv"
cat "$work/shuffled.csv" >>"$work/bom.csv"
exits 0 "headings in another order, with a BOM" office import holders "$work/bom.csv" --json
says "the same rows, nothing new" '"new":0'
iconv -f UTF-8 -t GB18030 "$work/sheets/holders.csv" >"$work/gb.csv"
exits 0 "a GB18030 file" office import holders "$work/gb.csv"
says "is known for one" 'read as CSV, GB18030 .detected.'
says "the same rows, nothing new" '0 new, 0 updated'
exits 0 "which may be said" office import holders "$work/gb.csv" --encoding gb18030 --json
says "and told" '"unchanged":101,.*"read_as":"CSV, GB18030"'
exits 2 "and said wrongly" office import holders "$work/gb.csv" --encoding utf-8
says "is told with the line" 'line 1 is not UTF-8'
exits 2 "an encoding that is none" office import holders "$work/gb.csv" --encoding latin1
{ printf '\377\376'; iconv -f UTF-8 -t UTF-16LE "$work/sheets/holders.csv" | sed 's/,\x00/\t\x00/g'; } >"$work/utf16.txt"
exits 0 "Excel's Unicode text" office import holders "$work/utf16.txt" --json
says "the same rows" '"unchanged":101,.*UTF-16LE'
{ echo "某市行政执法人员花名册,,"; echo; cat "$work/sheets/holders.csv"; printf ',,\r\n'; } >"$work/titled.csv"
exits 0 "a title above the heading and empty rows below" office import holders "$work/titled.csv" --json
says "the same rows" '"unchanged":101,"refused":0'

# headings of other people
english='no.,Name,ID number,USCC,Post,Staff type,Fields,Jurisdiction,Certificate_Number,Issued On,valid until,status,remarks'
{ echo "$english"; new "$a" 15900000001 有效 7 局长 | cut -d, -f1,2,4,6-15; } >"$work/sheet.csv"
exits 1 "English headings" office import holders "$work/sheet.csv" --dry-run
says "are understood as far as the register's own rules" 'does not lift a suspension'
{ echo "姓 名*,公民身份号码（必填）,信用代码,单 位,门类,执法地域,绩效,证号"; echo "钱七,$a,$uscc,,市场监管,999999,甲,"; } >"$work/sheet.csv"
exits 2 "an odd heading" office import holders "$work/sheet.csv"
says "is named with its column" 'E "门类", G "绩效"'
printf '# ours\n门 类 = 执法领域\n绩效 = -\n' >"$work/mapping"
exits 1 "with a mapping" office import holders "$work/sheet.csv" --mapping "$work/mapping" --errors "$work/errors.csv"
says "the row is read" 'column F 执法区域 "999999": not a division'
check "the error file has the columns that are not used, too" grep -q "^钱七,$a,$uscc,,市场监管,999999,甲,,2," "$work/errors.csv"
printf '门类 = 执法领域\n* = -\n' >"$work/mapping"
exits 1 "a mapping that leaves out all others" office import holders "$work/sheet.csv" --mapping "$work/mapping"
printf '门类 = 执法领或\n' >"$work/mapping"
exits 2 "a mapping to a heading that is none" office import holders "$work/sheet.csv" --mapping "$work/mapping"
says "names the line and the nearest" 'line 1: .*did you mean 执法领域'
exits 2 "a mapping that is not there" office import holders "$work/sheet.csv" --mapping "$work/nowhere"

# what is repaired, and what goes back to be mended
c=$(idnumber 37010219900101005) wide=$(echo "$c" | sed 'y/0123456789/０１２３４５６７８９/')
{ new "$c" 15900000005 有效 2 '吴　八' | sed "s/,$c,/,=\"$wide\",/; s/2026-01-05/46027/; s/,科员,/,=科员,/"; new "370102" 15900000006 有效 7 "'-1"; } | sheet
exits 1 "a row to be repaired and one to be mended" office import holders "$work/sheet.csv" --errors "$work/errors.csv"
says "the one is new, the other refused" '1 new, .* 1 refused'
says "the repairs are counted" 'repaired: spaces or invisible characters in 1 cells'
says "each kind of them" 'repaired: full-width .* in 1 cells'
says "and dates" 'repaired: a date as a serial number in 1 cells'
says "where the other went is told" 'written to .*errors.csv .it holds identity numbers'
exits 0 "what a formula would be is entered as it stands" office show 15900000005
says "  as text" '=科员'
b3=$(printf '\357\273\277')
check "the error file is UTF-8 with its mark" grep -q "^${b3}序号,姓名" "$work/errors.csv"
check "its cells are inert" grep -q ",\"'-1\"," "$work/errors.csv"
d=$(idnumber 37010219900101007)
sed "s/,370102,/,$d,/" "$work/errors.csv" >"$work/mended.csv"
exits 0 "mended, it is imported" office import holders "$work/mended.csv"
exits 0 "and the cell made inert" office show 15900000006
says "  is itself again" ' -1$'

exits 0 "everything can be issued" office issue
finish
