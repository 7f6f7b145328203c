#!/bin/sh
# docs/operations.md does what it says: its blocks of commands are run in order, and after each the whole register is judged.
set -u
. "$(dirname "$0")/lib.sh.inc"

case $bin in /*) ;; *) bin=$PWD/$bin ;; esac
PATH=$bin:$PATH SAFE=$work/safe OTHER=$work/province-13 BACKUPS=$work/backups
export PATH SAFE OTHER BACKUPS
mkdir "$SAFE" "$OTHER"
"$bin/yaopai" sample "$work/sheets" --scale 0.1 >/dev/null 2>&1
small_register "$work/other" intl || not_ok "another province's register"
cp "$work/other/keys/root.cert.pem" "$work/other/published/bundle" "$OTHER/"

awk -v dir="$work" '/^```sh$/ { n++; on = 1; next } /^```$/ { on = 0 } /^## / { title = substr($0, 4) }
	on { print > (dir "/block-" sprintf("%02d", n)) } on { print title > (dir "/title-" sprintf("%02d", n)) }' "$top/docs/operations.md"

fill() { # what an office does beside: import, issue, publish
	home=$work/register
	for what in bodies holders moderators; do office import $what "$work/sheets/$what.csv" >/dev/null || return 1; done
	office issue >/dev/null && office publish >/dev/null
}
judged() { # judged <block>: every live certificate is as the register says, by the bundle published last
	office export tokens --out "$work/tokens.csv" >/dev/null
	roots="-r $home/keys/root.cert.pem"
	for r in "$home"/roots/*/keys/root.cert.pem; do [ ! -e "$r" ] || roots="$roots -r $r"; done
	tail -n +2 "$work/tokens.csv" | tr -d '\r' | awk -F, '{ print $3 "\t" $1 }' >"$work/expected"
	# shellcheck disable=SC2086
	tail -n +2 "$work/tokens.csv" | cut -d, -f4 | yaopai-verify -b "$home/published/bundle" $roots --brief - >"$work/verdicts" 2>/dev/null
	cmp "$work/expected" "$work/verdicts" && [ -s "$work/verdicts" ]
}

cd "$work" || exit 2
: >before
n=0
for block in "$work"/block-*; do
	n=$((n + 1))
	title=$(tail -1 "$work/title-${block##*-}")
	if (set -e; . "$work/before"; . "$block"; set | grep -E '^(OLD|STOLEN|ISSUER|FORMER|FORMER_ISSUER|YAOPAI_HOME)=' | sed 's/^/export /' >"$work/after") >"$work/log" 2>&1; then
		ok "block $n ($title) runs"
	else
		not_ok "block $n ($title) runs" "$work/log"
		finish
	fi
	cp "$work/after" "$work/before"
	[ "$n" -gt 1 ] || { fill >"$work/log" 2>&1 && ok "the register is filled" || not_ok "the register is filled" "$work/log"; }
	check "block $n ($title): every certificate is as the register says" judged
done
[ "$n" -ge 13 ] && ok "there were $n blocks" || not_ok "there were only $n blocks"
check "the merged bundle has both provinces" sh -c 'yaopai bundle show both.bundle | grep -c "^trust list" | grep -qx 2'
check "no private root key was left on the machine" sh -c '! ls "$1"/keys/root.key.pem "$1"/coming "$1"/roots/*/keys/root.key.pem 2>/dev/null | grep -q .' _ "$home"
finish
