#!/bin/sh
# Bit rot: single bits of a small register's data file are flipped at random.  Every flip that changes what a reader can see is found by `yaopai audit`; the
# endpoint on a flipped register answers as before, or STATUS_UNKNOWN and is not ready, or dies; never a wrong verdict.
# usage: tests/fault/bitrot.sh BINDIR [FLIPS [SEED [ASKED]]]     (300 flips, a seed that is printed, 20 of them through yaopaid)
set -u
. "$(dirname "$0")/../tool/lib.sh.inc"
flips=${2:-300} seed=${3:-$(date +%s)} asked=${4:-20}
home=$work/home
small_register "$home" intl >/dev/null 2>&1 || { not_ok "a small register"; finish; }
cp -r "$home" "$work/flipped"
"$bin/../helper/bitrot" "$bin/yaopai" "$home" "$work/flipped" "$flips" "$seed" >"$work/bitrot.out" 2>"$work/bitrot.log"
code=$?
cat "$work/bitrot.out"
[ $code -eq 0 ] && ok "every flip that a reader can see was found by audit ($flips flips, seed $seed)" || not_ok "flips that audit did not find (seed $seed)" "$work/bitrot.log"

# The endpoint: the same questions as before the flip.
wrong=0 unknown=0 same=0 dead=0 ready=0
for n in $(seq "$asked"); do
	cp "$home/data/registry/data.mdb" "$work/flipped/data/registry/data.mdb"
	"$bin/../helper/bitrot" --one "$work/flipped/data/registry/data.mdb" $((seed + n)) || not_ok "a flip"
	start_endpoint "$work/flipped" >/dev/null 2>&1 && "$bin/yaopai-ask" --endpoint "$address" --quiet "$home/tokens.csv" >"$work/asked" 2>/dev/null
	case $? in
	0) same=$((same + 1)) ;;
	1)
		if [ ! -s "$work/asked" ]; then dead=$((dead + 1)) # it did not start
		elif [ "$(field "$work/asked" mismatches)" -ne $(($(field "$work/asked" unknown) + $(field "$work/asked" unavailable))) ]; then
			wrong=$((wrong + 1)) && cp "$work/asked" "$work/wrong" && echo "flip of seed $((seed + n))" >>"$work/wrong"
		else
			unknown=$((unknown + 1))
			[ "$(curl -s -o /dev/null -w '%{http_code}' "http://$address/readyz")" = 503 ] || ready=$((ready + 1))
		fi ;;
	*) dead=$((dead + 1)) ;;
	esac
	rm -f "$work/asked"
	[ -z "$endpoint" ] || { kill "$endpoint" 2>/dev/null; wait "$endpoint" 2>/dev/null; }
	endpoint=
done
echo "of $asked flips served: $same answered as before, $unknown with STATUS_UNKNOWN, $dead not at all, $wrong wrongly"
[ $wrong -eq 0 ] && ok "the endpoint never answers wrongly" || not_ok "the endpoint answered wrongly (seed $seed)" "$work/wrong"
[ $ready -eq 0 ] && ok "and is not ready once it met damage" || not_ok "ready after damage ($ready times)"
finish
