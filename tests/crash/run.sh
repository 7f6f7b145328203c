#!/bin/sh
# Nothing acknowledged is lost: yaopai is killed (SIGKILL) at random moments of all that it does, run again, and the register is proved.
# usage: tests/crash/run.sh BINDIR [--kills N] [--seed S] [--scale N] [--keep DIR]
#   --kills N   stop after the round in which N kills were reached (1000; for the long run 10000)
#   --seed S    of the moments (the clock); printed, so that a run can be made again
#   --scale N   thousands of holders in the register (0.3)
#   --profiles L  "intl gm": the rounds go by turns through them
#   --keep DIR  where a register goes that a finding was made in (a directory beside the others of TMPDIR)
# A round takes a new register through import, issue, publication, status changes, changed entries, backup and re-sealing.  Each command
# is killed up to three times, run again each time, and at last left to end.  The moment is drawn over the time that the command took
# unkilled in the first round of the same run, from its start or, two times in three, from its first acknowledgement; the latter over
# less of it while a command keeps ending before, and over more again while it does not.
# A kill counts if it came after the command's first acknowledgement (yaopai --ack-fd): a transaction committed, or sealed rows
# under the new key.  A backup enters nothing: its kill counts once the store was open, and all acknowledged before must be there.
# After each kill: every event ever acknowledged in this register is in its journal, with its hash; audit is clean; what is published
# is whole and judges every token; a backup under its final name verifies; after a re-sealing everybody is still found.
# Exit: 0 nothing found, 1 a finding (the register is kept), 2 could not.
set -u
LC_ALL=C.UTF-8 NO_COLOR=1
export LC_ALL NO_COLOR
unset YAOPAI_HOME
[ $# -gt 0 ] || { sed -n '3,8p' "$0"; exit 2; }
bin=$(cd "$1" && pwd) || exit 2
shift
kills=1000 seed=$(date +%s) scale=0.3 keep='' profiles="intl gm"
while [ $# -gt 0 ]; do
	case $1 in
	--kills) kills=$2 ;;
	--seed) seed=$2 ;;
	--scale) scale=$2 ;;
	--keep) keep=$2 ;;
	--profiles) profiles=$2 ;;
	*) echo "$0: unknown option $1" >&2; exit 2 ;;
	esac
	shift 2
done
crash=$bin/../helper/crash
[ -x "$crash" ] && [ -x "$bin/yaopai" ] || { echo "$0: $crash and $bin/yaopai are not there; build them" >&2; exit 2; }
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
echo "seed $seed"

state=$((seed % 2147483646 + 1))
draw() { # draw <n>: sets $drawn, 0 to n - 1
	state=$((state * 48271 % 2147483647))
	drawn=$((state % ($1 > 0 ? $1 : 1)))
}
office() { "$bin/yaopai" --home "$home" --quiet "$@" 2>>"$work/stderr"; }
finding() { # finding <sentence> [file to show]
	echo "not ok - round $round, $profile, $what: $1"
	[ -z "${2:-}" ] || sed 's/^/  | /' "$2" | head -20
	kept=${keep:-$(mktemp -d)}
	mkdir -p "$kept" && cp -r "$work/." "$kept/" && echo "  kept in $kept; seed $seed"
	exit 1
}

# ---- what must hold ----

the_acknowledged_is_there() { "$crash" check "$home" "$home.acks" >"$work/check" 2>&1 || finding "what was acknowledged is not there" "$work/check"; }
audit_is_clean() {
	office audit --json >"$work/audit" || finding "audit" "$work/audit"
	grep -q '"findings":\[\],"total":0,' "$work/audit" || finding "audit" "$work/audit"
	audits=$((audits + 1))
}
everybody_is_found() {
	office import holders "$holders" --dry-run --json >"$work/again" || finding "the same rows again" "$work/again"
	grep -q "\"new\":0,\"updated\":0,\"unchanged\":$rows,\"refused\":0" "$work/again" || finding "somebody is not found" "$work/again"
}
judged_by() { "$bin/yaopai-verify" --bundle "$1" --root "$home/keys/root.cert.pem" --brief - <"$home.tokens" >"$work/verdicts" 2>"$work/judge.log"; }
the_published_is_whole() {
	[ -e "$home/published/bundle" ] || return 0 # not yet
	odd=$(find "$home/published" -type f ! -name trust ! -name bundle ! -path '*/statuslists/[0-9]*' ! -name '*.tmp')
	[ -z "$odd" ] || finding "published and not known: $odd"
	judged_by "$home/published/bundle"
	[ $? -le 1 ] && [ "$(wc -l <"$work/verdicts")" -eq "$(wc -l <"$home.tokens")" ] || finding "the published bundle does not judge" "$work/judge.log"
	! grep -vE "^(VALID|SUSPENDED|VOID)	" "$work/verdicts" >"$work/odd" || finding "the published bundle does not know" "$work/odd"
}
take_tokens() { # what the register says of each, into $work/expected
	office export tokens --out "$work/now.csv" >/dev/null || finding "export"
	tail -n +2 "$work/now.csv" | tr -d '\r' | awk -F, '{ print $3 "\t" $1 }' | sort >"$work/expected"
	tail -n +2 "$work/now.csv" | tr -d '\r' | cut -d, -f4 >"$home.tokens"
	[ -s "$home.tokens" ] || finding "nobody is certified"
}
the_published_is_up_to_date() {
	take_tokens
	judged_by "$home/published/bundle"
	sort "$work/verdicts" | cmp -s - "$work/expected" || finding "a token is judged otherwise than the register says" "$work/verdicts"
	[ "$(cut -f2 "$work/expected" | sort | uniq -d | wc -l)" -eq 0 ] || finding "somebody has two certificates"
}
the_backup_is_whole_or_not_there() {
	[ -e "$home.backup" ] || return 0
	office backup --verify "$home.backup" >"$work/verified" 2>&1 || finding "a backup under its name does not verify" "$work/verified"
}
check() { # check: after each kill and each end
	cat "$work/acks" >>"$home.acks"
	the_acknowledged_is_there
	audit_is_clean
	the_published_is_whole
	case $what in backup) the_backup_is_whole_or_not_there ;; reseal) everybody_is_found ;; esac
}
all_are() { # all_are <status> <list>: each number of the list is
	office list holders --columns number,status --as csv --language en | tr -d '\r"' | awk -F, -v s="$1" '$2 == s { print $1 }' | sort >"$work/are"
	sort "$2" | comm -23 - "$work/are" >"$work/not"
	[ ! -s "$work/not" ] || finding "these are not $1" "$work/not"
}

# ---- killing ----

killed=0 counted=0 missed=0 audits=0 acked=0
usual() { sed -n "s/^$profile $what //p" "$work/usual"; } # usual: "microseconds first" of the command in the first round
run_once() { # run_once <when> <command...>: sets $how, $code, $took, $first
	when=$1
	shift
	"$crash" run "$work/acks" "$work/log" "$when" "$bin/yaopai" --home "$home" --quiet --ack-fd 3 --transaction "$rows_in_one" "$@" >"$work/run" || exit 2
	read -r how code took first <"$work/run"
}
note() { echo "$what $1" >>"$work/kills"; }
kill_sometimes() { # kill_sometimes <command...>
	read -r long start <<-EOF
	$(usual)
	EOF
	share=$(sed -n "s/^$profile $what //p" "$work/shares" | tail -1)
	share=${share:-100} ended=
	draw 3
	for _ in $(seq 0 "$drawn"); do
		draw 3
		if [ "$drawn" -eq 0 ] || [ "$what" = backup ]; then draw "$long" && when=$drawn
		else draw $(((long - start) * share / 100)) && when=+$drawn; fi
		run_once "$when" "$@"
		if [ "$how" = ended ]; then
			missed=$((missed + 1)) ended=1
			note ended
			share=$((share > 10 ? share * 7 / 10 : share))
			echo "$profile $what $share" >>"$work/shares"
			[ "$code" -le 1 ] || finding "run again, exit $code" "$work/log"
			check
			return
		fi
		killed=$((killed + 1))
		share=$((share < 100 ? share * 11 / 10 + 1 : share))
		echo "$profile $what $share" >>"$work/shares"
		if grep -qE '^(commit|resealed) ' "$work/acks" || { [ "$what" = backup ] && [ -s "$work/acks" ]; }; then
			counted=$((counted + 1))
			note counted
		else
			note early
		fi
		acked=$((acked + $(grep -c '^commit' "$work/acks")))
		check
		[ "$what" != backup ] || rm -f "$home.backup"
	done
}
step() { # step <name> <rows in a transaction> <command...>: killed, run again, left to end
	what=$1 rows_in_one=$2
	shift 2
	ended=
	if [ -n "$(usual)" ]; then kill_sometimes "$@"; fi
	[ -z "$ended" ] || return 0
	[ "$what" != backup ] || rm -f "$home.backup"
	run_once never "$@"
	[ "$how" = ended ] && [ "$code" -le 1 ] || finding "exit $code" "$work/log"
	if [ -z "$(usual)" ]; then echo "$profile $what $took $([ "$first" -lt 0 ] && echo 0 || echo "$first")" >>"$work/usual"; fi
	check
}

# ---- a round ----

changed() { # changed <sheet>: every third holder has another post
	awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i ~ /职务/) at = i } NR > 1 && NR % 3 == 0 && at { $at = "四级调研员" } { print }' "$1"
}
whole_life() {
	home=$work/$round
	cp -r "$work/$profile" "$home"
	: >"$home.acks"
	: >"$home.tokens"
	sheets=$work/sheets holders=$work/sheets/holders.csv
	decision="--ground art.9 --organ Office --document $round"
	step bodies 1 import bodies "$sheets/bodies.csv"
	step holders 6 import holders "$holders"
	everybody_is_found
	step issue 5 issue
	take_tokens
	step publish 1 publish
	the_published_is_up_to_date
	awk '$1 == "VALID" { print $2 }' "$work/expected" >"$work/all"
	[ "$(wc -l <"$work/all")" -gt 20 ] || finding "hardly anybody is certified" "$work/all"
	awk 'NR % 3 == 1' "$work/all" >"$work/third"
	awk 'NR % 3 == 2' "$work/all" >"$work/other"
	step reseal 6 keys rotate seal
	# shellcheck disable=SC2086
	{
		step suspend 5 suspend --file "$work/all" $decision
		all_are suspended "$work/all"
		step reinstate 5 reinstate --file "$work/all" $decision
		all_are valid "$work/all"
		step cancel 3 cancel --file "$work/third" $decision
		step revoke 3 revoke --file "$work/other" $decision
	}
	cat "$work/third" "$work/other" >"$work/both"
	all_are void "$work/both"
	step republish 1 publish
	the_published_is_up_to_date
	step backup 1 backup "$home.backup"
	holders=$work/sheets/changed.csv
	step amend 3 import holders "$holders"
	step reissue 3 issue --changed
	step republish 1 publish
	the_published_is_up_to_date
	the_backup_is_whole_or_not_there
	rm -rf "$home" "$home".*
}

"$bin/yaopai" sample "$work/sheets" --scale "$scale" >/dev/null 2>&1 || exit 2
changed "$work/sheets/holders.csv" >"$work/sheets/changed.csv"
! cmp -s "$work/sheets/changed.csv" "$work/sheets/holders.csv" || { echo "$0: the sample has no posts" >&2; exit 2; }
rows=$(($(wc -l <"$work/sheets/holders.csv") - 1))
: >"$work/usual" && : >"$work/kills" && : >"$work/shares"
for profile in $profiles; do
	home=$work/$profile
	{ office init --demo --profile $profile && office keys new && office trust sign; } >/dev/null || { cat "$work/stderr"; exit 2; }
done
began=$(date +%s)
round=0
while [ $killed -lt "$kills" ]; do
	for profile in $profiles; do
		round=$((round + 1))
		[ $killed -ge "$kills" ] || whole_life
		[ $((round % 10)) -ne 0 ] || echo "round $round: $killed kills, $counted count" >&2
	done
done

echo "command     killed  counted  before its first acknowledgement  had ended"
awk '{ n[$1]; k[$1, $2]++ } END { for (c in n) printf "%-11s %6d  %7d  %32d  %9d\n", c, k[c, "counted"] + k[c, "early"], k[c, "counted"], k[c, "early"], k[c, "ended"] }' \
	"$work/kills" | sort
echo "ok - $killed kills in $round rounds, $counted of them after the command's first acknowledgement ($((killed - counted)) before, $missed more runs had ended): $acked transactions of killed commands were acknowledged, none is lost; $audits audits clean; $(($(date +%s) - began)) s"
[ $counted -gt 0 ] || { echo "not ok - no kill counts: the register is too small for this machine"; exit 1; }
