#!/bin/sh
# What the office and the hearing ask: the blocks of docs/questions.md run, lists are what their readers need, and checks say who and why.
set -u
. "$(dirname "$0")/lib.sh.inc"

case $bin in /*) ;; *) bin=$PWD/$bin ;; esac
PATH=$bin:$PATH
is() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1 (got $2, wanted $3)"; fi; }
"$bin/yaopai" sample "$work/sheets" --scale 0.1 >/dev/null 2>&1
sed -i 's/,370000,\(15[0-9]*\),/,370102,\1,/; s/,370000,,/,370102,,/' "$work/sheets/holders.csv" # the people work in one district
small_register "$work/home" intl || { not_ok "a small register"; finish; }
YAOPAI_HOME=$home
export YAOPAI_HOME PATH
cd "$work" || exit 2
particulars='--ground art.9 --organ dept --document 7'
list() { yaopai --quiet list "$@"; }
numbers() { list holders --columns number "$@" | tail -n +2; }

# Two officers of one body, and a moderator of another.
BODY=$(list bodies --columns code,people --sort -people | awk 'NR == 2 { print $1 }')
MODERATOR=$(numbers --kind moderator --status valid | head -1)
yaopai show "$MODERATOR" --json >"$work/moderator"
MODERATORS_BODY=$(field "$work/moderator" body_uscc)
OFFICER_1=$(numbers --kind enforcement --status valid --body "$BODY" | sed -n 1p)
OFFICER_2=$(numbers --kind enforcement --status valid --body "$BODY" | sed -n 2p)
PLACE=$(list holders --columns number,jurisdiction --as csv | tr -d '\r' | awk -F, -v n="$OFFICER_1" '$1 == n { print $2 }')
export BODY MODERATOR MODERATORS_BODY OFFICER_1 OFFICER_2 PLACE
[ -n "$OFFICER_2" ] && [ -n "$MODERATOR" ] && ok "there are two officers of one body, and a moderator" || not_ok "the sample has too few people"

# ---- lists ----
exits 0 "list --help explains" yaopai list --help
says "and names the columns" 'entrusted_by_code'
exits 2 "list of nothing" yaopai list
exits 2 "list of something else" yaopai list cars
exits 2 "a column that there is not" yaopai list holders --columns number,bdy
says "is refused with the nearest" 'did you mean body'
exits 2 "identity numbers are no column" yaopai list holders --columns idnumber
exits 2 "a status that there is not" yaopai list holders --status lost
says "is refused with those there are" 'valid, suspended, void, expired'
exits 2 "a division that there is not" yaopai list holders --city 不存在市
exits 2 "a field that there is not" yaopai list holders --field 烹饪
exits 2 "a body's code that is too short" yaopai list holders --body 11370
exits 2 "a span without its unit" yaopai list holders --expiring-within 6
exits 2 "a field of bodies" yaopai list bodies --field 1
exits 2 "a form that there is not" yaopai list holders --as xml
exits 2 "an output that cannot be written" yaopai list holders -o /nonexistent/list.csv
exits 2 "a full disk" yaopai list holders -o /dev/full
says "is told" 'could not be written whole'

all=$(numbers | wc -l)
is "every certificate is listed once" "$(numbers | sort -u | wc -l)" "$all"
is "the kinds add up" "$(($(numbers --kind enforcement | wc -l) + $(numbers --kind moderator | wc -l)))" "$all"
sum=0
for s in valid suspended void expired not-yet-valid not-issued; do sum=$((sum + $(numbers --status $s | wc -l))); done
is "the states add up" "$sum" "$all"
is "valid and suspended are as many as the tokens say" "$(numbers --status valid,suspended | wc -l)" "$(tail -n +2 "$home/tokens.csv" | grep -cE ',(VALID|SUSPENDED),')"
is "by body" "$(numbers --body "$BODY" --status valid --kind enforcement | sed -n 2p)" "$OFFICER_2"
is "people of bodies add up, void ones left out" "$(list bodies --columns people | awk 'NR > 1 { n += $1 } END { print n }')" \
	"$(numbers --status valid,suspended,expired,not-yet-valid,not-issued | wc -l)"
is "all expire within ten years" "$(numbers --expiring-within 10y | wc -l)" "$(numbers --status valid,suspended | wc -l)"

today=$(date -d @$(($(date +%s) + 28800)) -u +%Y-%m-%d)
is "an overdue review was due before today, of a certificate in force" "$(numbers --review-overdue | sort)" \
	"$(list holders --columns number,review_due,status --status valid,suspended | awk -v t="$today" 'NR > 1 && NF == 3 && $2 < t { print $1 }' | sort)"
[ "$(numbers --review-overdue | wc -l)" -gt 3 ] && ok "and there are some" || not_ok "no review is overdue"

list holders --as csv --columns all -o "$work/all.csv"
is "CSV begins with a byte-order mark" "$(head -c 3 "$work/all.csv" | od -An -tx1 | tr -d ' \n')" efbbbf
is "and its lines end in CRLF" "$(grep -c "$(printf '\r')\$" "$work/all.csv")" "$((all + 1))"
check "a list's file is its owner's only" sh -c '[ "$(stat -c %a "$1")" = 600 ]' _ "$work/all.csv"
check "no partial file stays" sh -c '! ls "$1"/*.partial' _ "$work"
for form in json jsonl; do list holders --as $form --columns all >"$work/all.$form"; done
check "JSON is an array" jq -e --argjson n "$all" 'length == $n and all(.[]; (.number | type) == "string" and (.fields | type) == "array")' "$work/all.json"
check "lines are the same objects" sh -c 'jq -s . "$1/all.jsonl" | cmp - "$2"' _ "$work" "$(jq . "$work/all.json" >"$work/pretty.json"; echo "$work/pretty.json")"
list holders --columns name,valid_until --sort -valid_until,name --as csv | tail -n +2 | cut -d, -f2 >"$work/sorted"
check "sorted is sorted" sort -r -c "$work/sorted"
check "Chinese headings on request" sh -c 'yaopai list holders --language zh 2>/dev/null | head -1 | grep -q "^证号 .*证件状态$"'
widths=$(list holders | LC_ALL=C.UTF-8 awk 'NR > 1 { print index($0, $NF) }' | sort -u | wc -l)
is "a table's last column begins in few places, since characters are counted by width" "$([ "$widths" -le 16 ] && echo few)" few
cut -d, -f4 "$work/sheets/holders.csv" | tail -n +2 >"$work/ids"
check "no list holds an identity number" sh -c '[ "$(grep -cE "^[0-9]{17}[0-9X]\$" "$1/ids")" -gt 50 ] && ! grep -F -f "$1/ids" "$1/all.csv"' _ "$work"

# ---- moderators ----
exits 0 "a moderator who did not investigate" yaopai check moderator "$MODERATOR" --investigators "$OFFICER_1,$OFFICER_2"
says "may preside" '^MAY_PRESIDE$'
exits 1 "an officer is no moderator" yaopai check moderator "$OFFICER_1" --investigators "$OFFICER_2"
says "which is told" '^WRONG_KIND$'
exits 1 "for another body" yaopai check moderator "$MODERATOR" --investigators "$OFFICER_1" --body "$(list bodies --columns code --status valid | sed 1d | grep -v "$MODERATORS_BODY" | head -1)"
says "not without a word" '^OTHER_BODY$'
exits 2 "an investigator whom nobody knows" yaopai check moderator "$MODERATOR" --investigators "$OFFICER_1,15999999999"
says "makes the answer impossible" 'no certificate 15999999999'
exits 2 "no investigators" yaopai check moderator "$MODERATOR"
exits 2 "two moderators" yaopai check moderator "$MODERATOR" "$OFFICER_1" --investigators "$OFFICER_2"
exits 2 "a group's option" yaopai check moderator "$MODERATOR" --investigators "$OFFICER_2" --joint
exits 0 "a suspension that begins next year" yaopai suspend "$MODERATOR" $particulars --effective "$(($(date +%Y) + 1))-06-01T12:00:00+08:00"
exits 0 "does not count today" yaopai check moderator "$MODERATOR" --investigators "$OFFICER_1"
exits 0 "nor on the day before" yaopai check moderator "$MODERATOR" --investigators "$OFFICER_1" --date "$(($(date +%Y) + 1))-05-31"
exits 1 "but on the whole of its day" yaopai check moderator "$MODERATOR" --investigators "$OFFICER_1" --date "$(($(date +%Y) + 1))-06-01" --json
says "with the reason" '"moderator":"MODERATOR_NOT_GOOD","may":false,.*certificate is suspended from'
exits 0 "and not in its morning" yaopai check moderator "$MODERATOR" --investigators "$OFFICER_1" --date "$(($(date +%Y) + 1))-06-01T09:00:00+08:00"

# ---- groups ----
exits 0 "two officers of one body" yaopai check group "$OFFICER_1,$OFFICER_2" --json
says "may act" '"group":"GOOD","may":true,"code":1'
exits 0 "in their place" yaopai check group "$OFFICER_1" "$OFFICER_2" --jurisdiction "$PLACE"
exits 1 "one alone" yaopai check group "$OFFICER_1"
says "may not" '^TOO_FEW$'
exits 1 "one twice" yaopai check group "$OFFICER_1,$OFFICER_1"
says "is one person" '^SAME_PERSON$'
exits 1 "with a moderator" yaopai check group "$OFFICER_1,$MODERATOR"
says "who is no officer" '^WRONG_KIND$'
exits 1 "in another city" yaopai check group "$OFFICER_1,$OFFICER_2" --jurisdiction "$(awk -F, -v p="$PLACE" 'NR > 1 && $3 == "city" && index(p, substr($1, 1, 4)) != 1 { print $1; exit }' "$home/divisions.csv")"
says "they may not" '^JURISDICTION_NOT_COVERED$'
exits 1 "in a field that they have not" yaopai check group "$OFFICER_1,$OFFICER_2" --field 250
says "they may not" '^FIELD_NOT_COVERED$'
exits 2 "bodies named without --joint" yaopai check group "$OFFICER_1,$OFFICER_2" --bodies "$BODY"
exits 0 "a joint inspection of one body" yaopai check group "$OFFICER_1,$OFFICER_2" --joint --bodies "$BODY"
exits 2 "an unknown number" yaopai check group "$OFFICER_1,15999999999"
exits 0 "suspend one" yaopai suspend "$OFFICER_2" $particulars --end 2099-01-01
exits 1 "then" yaopai check group "$OFFICER_1,$OFFICER_2"
says "the group is not good, and the end is told" 'SUSPENDED: the certificate is suspended from .* to 2099-01-01'
exits 0 "reinstate" yaopai reinstate "$OFFICER_2" $particulars
exits 2 "check of something else" yaopai check cars

# ---- histories ----
exits 0 "a post is changed" yaopai amend "$OFFICER_1" --post 首席科员 $particulars --no-issue
exits 0 "a person leaves next year" yaopai cancel --person "$OFFICER_1" $particulars --effective "$(($(date +%Y) + 1))-06-01"
exits 0 "show tells it all" yaopai show "$OFFICER_1"
for what in 'entered 1' 'issued 1' 'post .* -> 首席科员' 'signed by key' 'person cancelled' 'not in effect yet' 'person will be +cancelled from'; do
	says "its history: $what" "$what"
done
exits 0 "as JSON" yaopai show "$OFFICER_1" --json
check "in the journal's order, with what changed from what to what" jq -e --arg n "$OFFICER_1" '.number == $n and .status == "valid" and
	(.history | map(.event) == (map(.event) | sort)) and (.history | map(.what)) == ["entered", "issued", "amended", "person cancelled"] and
	(.history[2].changes | length == 1 and .[0].field == "post" and .[0].to == "首席科员") and .history[0].changes[0].from == null and
	(.history | all(.operator != null and .recorded != null)) and .history[3].ground == "art.9" and .person_coming[0].action == "cancelled"' "$work/exits.out"
exits 0 "suspended and reinstated" yaopai show "$OFFICER_2" --json
check "are both in it, past ones, too" jq -e '.history | map(.action // empty) == ["suspended", "reinstated"]' "$work/exits.out"
exits 0 "a body" yaopai show "$BODY" --json
check "with its people by status" jq -e --argjson n "$(numbers --body "$BODY" --status valid | wc -l)" '.people_by_status.valid == $n and .history[0].what == "entered"' "$work/exits.out"
both=$(numbers --kind moderator --status valid | while read -r n; do yaopai show --person "$n" --json | jq -r 'select(.certificates | length == 2) | .certificates[0].number'; done | head -1)
exits 0 "a person with two certificates" yaopai show --person "$both" --json
check "has both, and one history" jq -e '(.certificates | map(.kind) | sort) == ["enforcement", "moderator"] and ([.history[].number] | unique | length == 2)' "$work/exits.out"
exits 2 "a person under a body's code" yaopai show --person "$BODY"
exits 2 "too many subjects" yaopai show "$OFFICER_1" "$OFFICER_2"
check "no history holds an identity number" sh -c 'for n in "$2" "$3"; do yaopai show --person "$n" --json; done | grep -F -f "$1/ids"; [ $? -eq 1 ]' _ "$work" "$OFFICER_1" "$both"

# ---- the document ----
LAST=$(yaopai announce --all --since 2000-01-01 2>&1 >/dev/null | sed -n 's/.*--since-event \([0-9]*\).*/\1/p')
export LAST
awk -v dir="$work" '/^```sh$/ { n++; on = 1; next } /^```$/ { on = 0 } on { print > (dir "/block-" sprintf("%02d", n)) }' "$top/docs/questions.md"
for block in "$work"/block-*; do
	check "docs/questions.md, ${block##*/}" sh -e "$block"
done
[ -e "$work/block-03" ] && ok "there were blocks" || not_ok "there were no blocks"

# ---- what expires, and what is announced ----
for command in expiring announce check; do exits 0 "$command --help explains" yaopai $command --help; done
is "expiring is list with a span, soonest first" "$(yaopai --quiet expiring --within 3y --columns number | tail -n +2)" \
	"$(numbers --expiring-within 3y --sort valid_until,body,number)"
yaopai expiring >"$work/soon" 2>"$work/soon.log"
is "six months ahead, unless told otherwise" "$(tail -n +2 "$work/soon" | wc -l)" "$(numbers --expiring-within 6m | wc -l)"
check "and it says so" grep -q 'end within 6m' "$work/soon.log"
exits 0 "entrustments that end" yaopai expiring bodies --within 10y
exits 2 "expiring cars" yaopai expiring cars
announced() { yaopai --quiet announce "$@" --as csv | tr -d '\r' | tail -n +2; }
today=$(date -d @$(($(date +%s) + 28800)) -u +%Y-%m-%d)
is "everyone with a credential was issued one today" "$(announced --issued --since "$today" --columns number | sort)" "$(cut -d, -f1 "$home/tokens.csv" | tail -n +2 | sort)"
is "nobody was cancelled here; what was carried over is not announced" "$(announced --cancelled --since 2000-01-01 | wc -l)" 0
exits 0 "revoke one" yaopai revoke "$OFFICER_2" $particulars
exits 0 "cancel another from next year on" yaopai cancel "$MODERATOR" $particulars --effective "$(($(date +%Y) + 1))-01-02"
exits 0 "announce what is void" yaopai announce --cancelled --since "$today"
says "as void, whatever it was" "^void .*$OFFICER_2"
check "with neither action nor ground" sh -c '! grep -qE "revoked|art\.9|dept" "$1"' _ "$work/exits.out"
exits 2 "the ground is no column" yaopai announce --cancelled --since "$today" --columns number,ground
exits 0 "unless it may be published" yaopai announce --cancelled --since "$today" --with-reasons --language zh
says "then action and ground are told" '已作废 .*吊销 .*art\.9'
is "what takes effect later is announced later" "$(announced --cancelled --since "$today" --columns number)" "$OFFICER_2"
is "when it does" "$(announced --cancelled --since "$(($(date +%Y) + 1))-01-02" --until "$(($(date +%Y) + 1))-01-03" --columns number)" "$MODERATOR"
exits 0 "an announcement tells where it ended" yaopai announce --all --since "$today"
event=$(sed -n 's/.*--since-event \([0-9]*\).*/\1/p' "$work/exits.log")
is "nothing is new since" "$(announced --all --reissued --since-event "$event" --until "$(($(date +%Y) + 1))-01-02" | wc -l)" 0
exits 0 "cancel one more" yaopai cancel "$OFFICER_1" $particulars
is "but what came since" "$(announced --all --since-event "$event" --until "$(($(date +%Y) + 1))-01-02" --columns what,number)" "void,$OFFICER_1"
for wrong in '--all' '--since 2026-01-01' '--all --since 2026-01-01 --since-event 3' '--all --since 2026-01-01 --until 2025-01-01' \
	'--all --since-event 0' '--all --since-event 99999999' '--all --since yesterday' '--all --since 2026-01-01 --status void'; do
	# shellcheck disable=SC2086
	exits 2 "announce $wrong" yaopai announce $wrong
done

finish
