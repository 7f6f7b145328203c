#!/bin/sh
# An updated file: what differs is told before and after, and who is not in it.
set -u
. "$(dirname "$0")/lib.sh.inc"

home=$work/home
"$bin/yaopai" sample "$work/sheets" --scale 0.1 --today 2026-06-01 >/dev/null 2>&1
office init --demo >/dev/null && office import bodies "$work/sheets/bodies.csv" >/dev/null &&
	office import holders "$work/sheets/holders.csv" >/dev/null || { not_ok "a register"; finish; }
tr -d '\r' <"$work/sheets/holders.csv" >"$work/old.csv"
heads() { "$bin/yaopai" --home "$home" show --json 2>/dev/null | grep -o '"head":"[^"]*"'; }
before=$(heads)
number=$(awk -F, 'NR == 2 { print $11 }' "$work/old.csv") name=$(awk -F, 'NR == 2 { print $2 }' "$work/old.csv")
post=$(awk -F, 'NR == 2 { print $7 }' "$work/old.csv")
new=$(awk -F, -v OFS=, 'NR == 2 { $2 = "新人"; $3 = ""; $4 = "370102199001010057"; $11 = "15777777777"; print }' "$work/old.csv")
check_digit() { echo "$1" | awk '{ split("7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2", w, " "); for (i = 1; i <= 17; i++) s += w[i] * substr($0, i, 1); print substr($0, 1, 17) substr("10X98765432", s % 11 + 1, 1) }'; }
new=$(echo "$new" | sed "s/370102199001010057/$(check_digit 370102199001010057)/")
{ awk -F, -v OFS=, 'NR == 2 { $7 = "调研员"; $13 = "2035-12-31" } NR != 3 { print }' "$work/old.csv"; echo "$new"; } >"$work/new.csv"

exits 0 "the file itself, with --diff" office import holders "$work/sheets/holders.csv" --diff
says "changes nothing" '^dry run: 0 new, 0 updated, 101 unchanged'
if grep -q '^row' "$work/exits.out"; then not_ok "and tells of no row"; else ok "and tells of no row"; fi
exits 0 "an updated file, with --diff" office import holders "$work/new.csv" --diff --missing
says "tells row, person, column, from and to" "^row 2, $name $number: 职务 \"$post\" -> \"调研员\"; 有效期至 \"[0-9-]*\" -> \"2035-12-31\"\$"
says "and who is new" '^row 102, 新人 15777777777: new$'
says "and who is not in it" '^missing: '
says "once" '^1 in the register are not in the file'
says "and counts by column" '^changed: 职务 in 1 rows'
is() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1 ($2, $3)"; fi; }
is "nothing is entered" "$(heads)" "$before"
exits 0 "as JSON" office import holders "$work/new.csv" --diff --missing --json
says "a line for each row" '"row":2,"what":"updated",.*"column":"职务","from":"'
says "a line for who is missing" '^."what":"missing","name":"'
says "and the summary" '"new":1,"updated":1,"unchanged":99,.*"changed":."职务":1,"有效期至":1.,"missing":1'
if grep -qE '[0-9]{17}[0-9X]' "$work/exits.out"; then not_ok "no identity number is told"; else ok "no identity number is told"; fi
exits 0 "entered" office import holders "$work/new.csv" --json
says "the same counts" '"new":1,"updated":1,"unchanged":99,.*"changed":."职务":1,"有效期至":1.'
exits 0 "entered again" office import holders "$work/new.csv" --json
says "nothing changes" '"new":0,"updated":0,"unchanged":101'
awk -F, -v OFS=, 'NR == 1 || NR == 2 { print $2, $4, $6, $9, $10 }' "$work/new.csv" >"$work/narrow.csv"
exits 0 "a file without most of the columns" office import holders "$work/narrow.csv" --json
says "says nothing of them" '"unchanged":1'
exits 0 "of the other people of its body" office import holders "$work/narrow.csv" --diff --missing --json
own=$(field "$work/exits.out" missing)
exits 0 "and of all" office import holders "$work/narrow.csv" --diff --missing=all --json
live=$(awk -F, 'NR > 1 && $14 !~ /注销|吊销|撤销/' "$work/old.csv" | wc -l)
says "all whose certificates are not void, but one" "\"missing\":$live"
if [ "${own:-999}" -lt "$live" ]; then ok "those of the body are fewer"; else not_ok "those of the body are fewer ($own)"; fi
{ sed -n 1p "$work/old.csv"; awk -F, -v OFS=, 'NR == 2 { $7 = "x"; $10 = "999999"; print }' "$work/old.csv"; } >"$work/bad.csv"
exits 1 "whose row is refused" office import holders "$work/bad.csv" --diff --missing=all
if grep -q "missing: .* $number," "$work/exits.out"; then not_ok "is in the file"; else ok "is in the file"; fi
sed 's/正常/暂停/' "$work/sheets/bodies.csv" | tr -d '\r' | awk -F, -v OFS=, 'NR == 2 { $3 = $3 "甲" } NR <= 2 { print }' >"$work/bodies.csv"
exits 0 "bodies, with --diff" office import bodies "$work/bodies.csv" --diff
says "tell the same" '^row 2, .*: 单位名称 ".*" -> ".*甲"; 主体状态 "正常" -> "暂停"'
exits 0 "bodies, entered" office import bodies "$work/bodies.csv"
awk -F, -v OFS=, '{ print $2, $3, $4 }' "$work/bodies.csv" | sed 's/,主体类型/,主体类型,主体状态/; s/\(行政机关\|组织\)$/\1,暂停/' >"$work/narrow.csv"
exits 0 "bodies without most of their columns" office import bodies "$work/narrow.csv" --json
says "say nothing of them" '"unchanged":1'
exits 2 "--missing of bodies" office import bodies "$work/bodies.csv" --missing
exits 2 "--missing of something" office import holders "$work/new.csv" --missing=some
finish
