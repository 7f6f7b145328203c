#!/bin/sh
# Nothing acknowledged is lost: a dozen kills of tests/crash/run.sh, and what --ack-fd promises.
set -u
. "$(dirname "$0")/lib.sh.inc"

home=$work/home
"$bin/yaopai" sample "$work/sheets" --scale 0.05 >/dev/null 2>&1
office init --demo >/dev/null && office keys new >/dev/null && office trust sign >/dev/null || not_ok "a register"
acks() { cut -d' ' -f1 "$work/acks" | sort | uniq -c | tr -s ' \n' ' '; }
exits 2 "a descriptor that is not open is refused" office --ack-fd 9 import bodies "$work/sheets/bodies.csv"
says "with what to do" 'descriptor 9 is not open; in a shell'
exits 2 "a transaction has at least one row" office --transaction 0 import bodies "$work/sheets/bodies.csv"
office --ack-fd 3 --transaction 5 import bodies "$work/sheets/bodies.csv" 3>"$work/acks" >/dev/null
bodies=$(($(wc -l <"$work/sheets/bodies.csv") - 1))
[ "$(grep -c '^commit' "$work/acks")" -eq $(((bodies + 4) / 5)) ] && ok "each transaction of an import is acknowledged" || not_ok "each transaction of an import is acknowledged" "$work/acks"
[ "$(sed -n '1s/ .*//p' "$work/acks")" = open ] && ok "after the opening" || not_ok "after the opening" "$work/acks"
check "what was acknowledged is in the journal" "$bin/../helper/crash" check "$home" "$work/acks"
office --ack-fd 3 import bodies "$work/sheets/bodies.csv" 3>"$work/acks" >/dev/null
[ "$(acks)" = " 1 open " ] && ok "where nothing is entered, nothing is" || not_ok "where nothing is entered, nothing is" "$work/acks"
sed 's/[0-9a-f]$/x/; s/x$/0/' "$work/acks" >"$work/a" && sed 's/[0-9a-f]$/1/' "$work/acks" >"$work/b"
"$bin/../helper/crash" check "$home" "$work/a" >/dev/null 2>&1 && "$bin/../helper/crash" check "$home" "$work/b" >/dev/null 2>&1 &&
	not_ok "another hash is found out" "$work/acks" || ok "another hash is found out"
sed 's/^open [0-9]*/open 999/' "$work/acks" >"$work/a"
exits 1 "an event that is not there is found out" "$bin/../helper/crash" check "$home" "$work/a"
if [ -c /dev/full ]; then
	exits 2 "an acknowledgement that cannot be written is told" sh -c '"$1" --home "$2" --quiet --ack-fd 3 publish 3>/dev/full' _ "$bin/yaopai" "$home"
	says "and what was entered stays" 'it is entered nevertheless'
fi
if nm -D "$bin/yaopai" 2>/dev/null | grep -q __asan_init; then
	echo "skip - the kills: under sanitizers they take too long"
else
	[ ! -w /dev/shm ] || export TMPDIR=/dev/shm # a kill is not about what a disk forgets
	"$top/tests/crash/run.sh" "$bin" --kills 10 --scale 0.05 --profiles intl
fi || failures=$((failures + 1))
finish
