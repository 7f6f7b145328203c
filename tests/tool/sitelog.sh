#!/bin/sh
# yaopai-verify log as an auditor and a case officer meet it: verify, export for filling in later, archive, and what was tampered with.
set -u
. "$(dirname "$0")/lib.sh.inc"

helper=$bin/../helper/sitelog_append
log() { "$bin/yaopai-verify" log "$@"; }
append() { "$helper" "$@" >/dev/null; }
bend() { # bend <file> <offset> <octal byte>
	printf "\\$3" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}
head_of() { log verify --state "$1" | sed -n 's/^  head *//p'; }
state=$work/state
mkdir "$state"

exits 0 "log --help explains" log --help
says "it tells the exit codes" 'Exit code: 0 whole'
exits 2 "there is no log yet" log verify --state "$state"
says "it says where it looked" "no site log at $state/log"
exits 0 "ten checks are logged" append "$state/log" 0 10 3
exits 0 "the log is whole" log verify --state "$state"
says "it tells how many" 'records +10, numbers 1 to 10'
says "it tells the head to be noted" '^  head +10:[0-9a-f]{64}$'
head10=$(head_of "$state")
exits 0 "a Chinese reader reads Chinese" env LC_ALL=zh_CN.UTF-8 "$bin/yaopai-verify" log verify --state "$state"
says "the answer is Chinese" '日志完整'
exits 0 "JSON" log verify --state "$state" --json
says "JSON: whole, with the head" "\"whole\":true.*\"records\":10.*\"head\":\"$head10\""
exits 0 "quiet" log verify --state "$state" --quiet
check "quiet says nothing" test ! -s "$work/exits.out"
exits 0 "a noted head is found" log verify --state "$state" --noted "$head10"
says "and that is said" 'Every noted head is in the chain'
exits 0 "sixteen digits of it will do" log verify --log "$state/log" --noted "$(echo "$head10" | cut -c1-19)"

# bad options
exits 2 "no verb" log
exits 2 "an unknown verb" log look
says "it names the verbs" 'wanted verify, export or archive'
exits 2 "no log named" log verify
exits 2 "an unknown option" log verify --state "$state" --fast
exits 2 "an option of another verb" log verify --state "$state" --reason x
says "that is said" 'not for `log verify`'
exits 2 "a noted head that is none" log verify --state "$state" --noted 10:abcdef
exits 2 "one argument too many" log verify "$state/log"
exits 2 "two logs to export" log export --state "$state" --log "$state/log"
exits 2 "an unknown format" log export --state "$state" --format xml
exits 2 "a date that is none" log export --state "$state" --from yesterday
exits 2 "a reason with control characters" log export --state "$state" --reason "$(printf 'a\033b')"
exits 2 "a reason too long" log export --state "$state" --reason "$(printf '%0193d' 0)"
exits 0 "a reason as long as it may be" log export --state "$state" --reason "$(printf '%0192d' 0)" --quiet

# export
log export --state "$state" --reason '=cmd()断网' --out "$work/all.csv" 2>"$work/said"
check "an export is made" test -s "$work/all.csv"
check "it begins with a BOM" test "$(head -c 3 "$work/all.csv" | od -An -tx1 | tr -d ' ')" = efbbbf
check "a heading and ten rows" test "$(wc -l <"$work/all.csv")" -eq 11
check "lines end as RFC 4180 has it" test "$(grep -c "$(printf '\r')\$" "$work/all.csv")" -eq 11
check "a reason that looks like a formula is inert" grep -q "\"'=cmd()断网\"" "$work/all.csv"
check "the verdicts are there" grep -q '^4,2027-01-15T16:03:00+08:00,check,VOID,41,' "$work/all.csv"
check "the head is told at the end" grep -q "exported 10 of 10 records; head $head10" "$work/said"
exits 2 "an export is never written over" log export --state "$state" --out "$work/all.csv"
exits 2 "nor is the log itself" log export --state "$state" --out "$state/log"
check "which is as it was" log verify --state "$state" --noted "$head10"
env LC_ALL=zh_CN.UTF-8 "$bin/yaopai-verify" log export --state "$state" --from 2027-01-15T16:02:00+08:00 --to 2027-01-15T16:05:00+08:00 --out "$work/some.csv" 2>/dev/null
check "from an instant, and before another" test "$(sed 1d "$work/some.csv" | cut -d, -f1 | tr '\n' ' ')" = '3 4 5 '
check "Chinese headings for a Chinese reader" grep -q '记录号,核验时间' "$work/some.csv"
check "Chinese verdicts" grep -q ',核验,已作废,41,' "$work/some.csv"
log export --state "$state" --format json --reason outage >"$work/all.json" 2>/dev/null
check "JSON Lines: ten and a sum" test "$(wc -l <"$work/all.json")" -eq 11
if command -v python3 >/dev/null; then
	check "each line is JSON, and the records chain" python3 -c '
import json, sys
rows = [json.loads(l) for l in open(sys.argv[1], encoding="utf-8")]
assert [r["record"] for r in rows[:-1]] == list(range(1, 11))
assert all(r["reason"] == "outage" and len(r["token_sha256"]) == 64 for r in rows[:-1])
assert rows[-1]["head"] == "10:" + rows[9]["record_sha256"] and rows[-1]["exported"] == 10
' "$work/all.json"
else
	echo "skip - each line is JSON (no python3)"
fi
exits 2 "a full disk is told" sh -c "'$bin/yaopai-verify' log export --state '$state' >/dev/full"

# the same from a copy that cannot be written
cp -r "$state" "$work/copy" && chmod a-w "$work/copy" "$work/copy"/*
exits 0 "a write-protected copy is verified" log verify --state "$work/copy"
chmod -R u+w "$work/copy"
rm "$work/copy/log.head"
exits 1 "a copy without its head file is not shown to be whole" log verify --state "$work/copy"
says "it says what to bring" 'copy FILE.head along'
exits 0 "with a noted head it is" log verify --state "$work/copy" --noted "$head10"

# tampering
tampered() { # tampered <sentence> <pattern>: $work/t/log, bent
	exits 1 "$1" log verify --state "$work/t"
	says "$1: it is said where" "$2"
	exits 1 "$1: nothing is exported" log export --state "$work/t"
	check "$1: no row went out" test ! -s "$work/exits.out"
}
fresh() { rm -rf "$work/t"; cp -r "$state" "$work/t"; }
fresh; bend "$work/t/log" 120 377; tampered "a byte changed in the first record" 'byte [0-9]+|record'
fresh; size=$(wc -c <"$work/t/log"); truncate -s $((size - 135)) "$work/t/log"; tampered "the last record cut off" 'the end was cut off'
fresh; truncate -s $((size - 20)) "$work/t/log"; tampered "the last record cut in two" 'not a whole record'
exits 1 "and nothing more is logged there" "$helper" "$work/t/log" 10 1 1
fresh; rm "$work/t/log"; tampered "the log taken away" 'taken away'
exits 1 "and no new one is begun over it" "$helper" "$work/t/log" 10 1 1
fresh; rm "$work/t/log" "$work/t/log.head"; append "$work/t/log" 1 10 1
exits 1 "a log made anew does not hold a head noted before" log verify --state "$work/t" --noted "$head10"
says "that is said" 'the noted head says'

# a power cut
fresh; cp "$work/t/log.head" "$work/t.head"; append "$work/t/log" 10 1 1; cp "$work/t.head" "$work/t/log.head"
truncate -s $(($(wc -c <"$work/t/log") - 20)) "$work/t/log"
exits 1 "an unfinished record is no whole log" log verify --state "$work/t"
append "$work/t/log" 11 1 1
exits 0 "the next check mends it" log verify --state "$work/t"
says "and the log tells of it" 'repairs'
check "the unfinished bytes are kept" test -s "$work/t/log.torn-11"

# archive
exits 0 "the log is archived" log archive --state "$state"
says "it says where it is, and how long to keep it" "log.1-10 now, records 1 to 10; keep it at least six months, until 20"
exits 1 "an empty log is not archived" sh -c "'$bin/yaopai-verify' log archive --state '$state' || exit 1"
append "$state/log" 10 5 5
exits 0 "the old and the new one are one chain" log verify --log "$state/log.1-10" --log "$state/log" --noted "$head10"
exits 1 "not the other way round" log verify --log "$state/log" --log "$state/log.1-10"
says "that is said" 'does not go on where'
exits 0 "the new one alone knows the old one's head" log verify --state "$state" --noted "$head10"
exits 2 "an older head needs the older log" log verify --state "$state" --noted 3:0123456789abcdef
says "it says so" 'in one archived before'
bend "$state/log" 200 377
exits 1 "a damaged log is not archived as a good one" log verify --state "$state"
exits 0 "it is put aside as damaged" log archive --state "$state" --damaged
append "$state/log" 20 1 1
exits 0 "and a new one goes on" log verify --state "$state"
says "which says after what" 'AFTER A DAMAGED LOG'
exits 2 "a good log is not put aside as damaged" log archive --state "$state" --damaged

# killed while appending
mkdir "$work/k"
promised=0 i=0
while [ $i -lt 15 ]; do
	"$helper" "$work/k/log" 0 1000000 200 >"$work/k.out" 2>/dev/null &
	pid=$!
	sleep "0.0$((i % 7 + 2))"
	kill -9 $pid
	wait $pid 2>/dev/null
	promised=$((promised + $(wc -l <"$work/k.out") * 200))
	i=$((i + 1))
done
append "$work/k/log" 0 1 1
log verify --state "$work/k" --json >"$work/k.json"
code=$?
checks=$(field "$work/k.json" checks)
check "after fifteen kills the log is whole" test $code -eq 0
check "and holds all that was promised ($promised promised, $checks there)" test "$checks" -gt "$promised"
finish
