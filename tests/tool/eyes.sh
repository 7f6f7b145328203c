#!/bin/sh
# docs/four-eyes.md does what it says, and what one person must not do alone is refused.
set -u
. "$(dirname "$0")/lib.sh.inc"

case $bin in /*) ;; *) bin=$PWD/$bin ;; esac
PATH=$bin:$PATH LI=$work/li WANG=$work/wang ZHAO=$work/zhao YAOPAI_HOME=$work/register
export PATH LI WANG ZHAO YAOPAI_HOME
mkdir "$LI" "$WANG" "$ZHAO"
home=$YAOPAI_HOME
yaopai sample "$work/sheets" --scale 0.02 >/dev/null 2>&1
{ office init --demo && office keys new && office trust sign && office import bodies "$work/sheets/bodies.csv" &&
	office import holders "$work/sheets/holders.csv"; } >"$work/log" 2>&1 || not_ok "a register" "$work/log"
office issue >"$work/log" 2>&1 || not_ok "everybody has a credential" "$work/log"
office export tokens --out "$home/tokens.csv" >/dev/null
NUMBER=$(row_of enforcement VALID | cut -d, -f1)
SECOND=$(awk -F, -v k="$NUMBER" 'NR > 1 && $2 == "enforcement" && $3 == "VALID" && $1 != k { print $1; exit }' "$home/tokens.csv")
export NUMBER
yaopai sample "$work/more" --scale 0.02 --seed 9 >/dev/null 2>&1
sed -i 's/,151\([0-9]\{8\}\),/,159\1,/' "$work/more/holders.csv"

awk -v dir="$work" '/^```sh$/ { n++; on = 1; next } /^```$/ { on = 0 } /^## / { title = substr($0, 4) }
	on { print > (dir "/block-" sprintf("%02d", n)); print title > (dir "/title-" sprintf("%02d", n)) }' "$top/docs/four-eyes.md"
block() { # block <n>: run it as it stands
	title=$(tail -1 "$work/title-$1")
	if (set -e; . "$work/block-$1") >"$work/log" 2>&1; then ok "block $1 ($title) runs"; else not_ok "block $1 ($title) runs" "$work/log"; fi
}
last() { yaopai pending --json | sed -n 's/.*"proposal":\([0-9]*\).*/\1/p' | tail -1; }
decision="--ground g --organ o --document d"
# shellcheck disable=SC2086
propose() { yaopai propose "$@" $decision --operator-key "$LI/li.key" >"$work/log" 2>&1; }

block 01
for f in "$LI/li.key" "$WANG/wang.key"; do check "a private key is its operator's alone" test "$(stat -c %a "$f")" = 600; done
exits 2 "a key file is not written over" yaopai operators key --new "$LI/li.key" --algorithm sm2
sed -i 's/^status_changes = .*/status_changes = yes/' "$home/yaopai.conf"
exits 2 "what takes two is not in force without operators" yaopai operators policy --apply
says "it says what is missing" 'four eyes need at least 2'
exits 2 "and until it is, nothing is decided by one as if it were not asked for" office cancel "$NUMBER" $decision
says "it says what to do" 'operators policy --apply'
sed -i 's/^status_changes = .*/status_changes = no/' "$home/yaopai.conf"
block 02
exits 2 "one key is one operator's" yaopai operators add 李四二 --public-key "$LI/li.key.pub"
says "it says whose" '李四'
exits 2 "a private key is no public one" yaopai operators add 孙七 --public-key "$LI/li.key"
block 03
check "the policy is told" sh -c 'yaopai operators policy --json | grep -q "\"status_changes\":true,\"key_changes\":true,\"bulk_issue_over\":5"'

cp "$home/yaopai.conf" "$work/kept.conf"
for laxer in 's/^status_changes = yes/status_changes = no/' 's/^key_changes = yes/key_changes = no/' 's/^bulk_issue_over = 5/bulk_issue_over = 6/' \
	's/^bulk_issue_over = 5/bulk_issue_over = 0/'; do
	sed -i "$laxer" "$home/yaopai.conf"
	exits 2 "a file that asks for less is refused ($laxer)" office cancel "$NUMBER" $decision --operator 李四
	says "it says what to put back" 'put back status_changes = yes'
	exits 2 "and is not put in force by one" yaopai operators policy --apply --operator 李四
	cp "$work/kept.conf" "$home/yaopai.conf"
done
exits 2 "nobody decides alone" office cancel "$NUMBER" $decision --operator 李四
says "it says how two do" 'yaopai propose'
exits 2 "a name that the register does not know does nothing" office publish --operator somebody
says "it says what to give" 'operators list'
exits 2 "operators are not entered by one" yaopai operators add 孙七 --may act --operator 李四
exits 2 "keys are not changed by one" office keys rotate issuer --operator 李四
exits 2 "nor trust lists" office trust sign --operator 李四
for change in "rotate seal" "destroy seal-1"; do exits 2 "nor the sealed store's: $change" office keys $change --operator 李四; says "with the reason" 'yaopai propose keys'; done
exits 0 "what only shows needs no second" office keys show
office import bodies "$work/more/bodies.csv" --operator 李四 >/dev/null 2>&1
office import holders "$work/more/holders.csv" --operator 李四 >"$work/log" 2>&1 || not_ok "more people are entered" "$work/log"
exits 2 "more than a day's bound is not issued by one" office issue --operator 李四
says "it says how many, and how two do" 'without a second operator it may be 5 more today'
check "and none was" sh -c 'yaopai list --json 2>/dev/null | head -1 >/dev/null; yaopai show --json | grep -q "\"with_credential\":'"$(($(wc -l <"$home/tokens.csv") - 1))"'"'

block 04
check "nothing is done before it is approved" sh -c 'yaopai show "$NUMBER" | grep -qE "^status +(good|valid)"'
exits 2 "nobody approves their own" yaopai approve "$(last)" --operator-key "$LI/li.key" --yes
says "another has to" 'another operator'
exits 2 "nobody approves without a key" yaopai approve "$(last)" --yes
exits 2 "nobody says yes unasked" yaopai approve "$(last)" --operator-key "$WANG/wang.key"
chmod 644 "$WANG/wang.key"
exits 2 "a key that others may read is refused" yaopai approve "$(last)" --operator-key "$WANG/wang.key" --yes
chmod 600 "$WANG/wang.key"
exits 2 "one's name goes with one's key" yaopai approve "$(last)" --operator-key "$WANG/wang.key" --operator 赵六 --yes
block 05
check "it is done once approved" sh -c 'yaopai show "$NUMBER" | grep -qE "^status +suspended"'
check "and names who approved as reviewer" sh -c 'yaopai show "$NUMBER" | grep -q "reviewer *王五"'

propose reinstate "$NUMBER"; a=$(last)
propose reinstate "$NUMBER"; b=$(last)
exits 0 "the first is approved" yaopai approve "$a" --operator-key "$WANG/wang.key" --yes
exits 2 "the second would do what was done" yaopai approve "$b" --operator-key "$WANG/wang.key" --yes
says "it says that it changed" 'changed after this was proposed'
exits 2 "nobody takes back another's" yaopai retract "$b" --operator-key "$ZHAO/zhao.key"
exits 2 "who rejects says why" yaopai reject "$b" --operator-key "$WANG/wang.key"
exits 0 "it is rejected" yaopai reject "$b" --why "done already" --operator-key "$WANG/wang.key"
exits 2 "once" yaopai reject "$b" --why "done already" --operator-key "$WANG/wang.key"
# shellcheck disable=SC2086
exits 1 "what a rule would refuse is told and not proposed" yaopai propose cancel "$SECOND" 15999999999 $decision --operator-key "$LI/li.key"
says "which one" '15999999999: no certificate'
exits 0 "the proposer takes it back" yaopai retract "$(last)" --operator-key "$LI/li.key"
check "nothing waits" sh -c 'yaopai pending | grep -qx "nothing waits for an approval"'

block 06
exits 2 "a permission is used once" office issue --approval "$(yaopai pending --all --json | sed -n 's/.*"proposal":\([0-9]*\).*"what":"issue".*/\1/p' | tail -1)" --operator 赵六
says "it was used up" 'used up'
block 07
check "the key is another" sh -c 'test "$(yaopai keys show | grep -c "^issuer")" = 2'
exits 0 "another key for the sealed store is proposed" yaopai propose keys rotate seal --operator-key "$LI/li.key"
seal=$(last)
exits 0 "it is approved" yaopai approve "$seal" --operator-key "$WANG/wang.key" --yes
exits 0 "and made" office keys rotate seal --approval "$seal" --operator 赵六
exits 2 "once" office keys rotate seal --approval "$seal" --operator 赵六
block 08
exits 2 "nobody is removed whom two need" yaopai propose operators remove 王五 --operator-key "$LI/li.key"
says "it says why" 'four eyes need at least 2'
exits 2 "who was removed proposes no more" yaopai propose policy --bulk-issue-over 0 --operator-key "$ZHAO/zhao.key"
if yaopai --help | grep -q '^  audit '; then exits 0 "the journal proves it all" yaopai --quiet audit; fi
finish
