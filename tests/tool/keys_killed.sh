#!/bin/sh
# A change of keys is killed before each of the steps it is made of, and run again: nothing is lost, the register is never without a
# key that goes with its certificate, and what was begun is finished or begun afresh.  Changing an issuer has 21 steps,
# changing the root 69: some of them are tried, all with KILL_ALL=1.
set -u
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm # nothing here is about what a disk forgets
. "$(dirname "$0")/lib.sh.inc"

if nm -D "$bin/yaopai" 2>/dev/null | grep -q __asan_init; then echo "skip - a sanitized program takes no preloaded library"; finish; fi
${CC:-cc} -std=gnu17 -D_GNU_SOURCE -shared -fPIC -o "$work/kill_at.so" "$(dirname "$0")/kill_at.c" || not_ok "the library that kills"
small_register "$work/home" intl || not_ok "a small register"
home=$work/home
mv "$home" "$work/first"
kid_of() { office keys show --json | tr '{' '\n' | sed -n "s/.*\"role\":\"$1\",\"state\":\"${2:-present}\".*\"kid\":\"\([0-9a-f]*\)\".*/\1/p" | tail -1; }
judged() {
	set -- "$home/published/bundle" "$1"
	roots=
	for r in "$home"/keys/root.cert.pem "$home"/roots/*/keys/root.cert.pem; do [ ! -e "$r" ] || roots="$roots --root $r"; done
	# shellcheck disable=SC2086
	tail -n +2 "$2" | cut -d, -f4 | "$bin/yaopai-verify" --bundle "$1" $roots --brief - 2>/dev/null | cut -f1 | sort | uniq -c | tr -s ' \n' ' '
}
home=$work/first
good=$(judged "$home/tokens.csv")

whole() { # whole: every file in its place, every key its certificate's, and all of it works
	[ ! -e "$home/next" ] && [ ! -e "$home/next.tmp" ] && office trust sign >/dev/null && office issue >/dev/null && office publish >/dev/null &&
		[ "$(judged "$home/tokens.csv")" = "$good" ] && [ "$(find "$home/keys" -name '*.tmp' | wc -l)" -eq 0 ]
}

sweep() { # sweep <stride> <what> <role> <command...>: killed at the steps, then run again
	stride=${KILL_ALL:-$1} what=$2 role=$3
	shift 3
	step=$((1 - stride)) wrong=0 killed=0
	while [ $step -lt 400 ]; do
		step=$((step + stride))
		rm -rf "$work/home"
		cp -r "$work/first" "$work/home"
		home=$work/home
		before=$(kid_of "$role")
		KILL_AT=$step LD_PRELOAD=$work/kill_at.so office "$@" >/dev/null 2>&1
		[ $? -eq 137 ] || break
		killed=$((killed + 1))
		# between the two runs nothing signs with a key from a half-moved set: it works as before or says what to do
		if office publish >/dev/null 2>"$work/refused"; then :; elif ! grep -qE 'rotate again|trust sign' "$work/refused"; then
			wrong=$((wrong + 1))
			not_ok "$what, killed before step $step: publish refuses without advice" "$work/refused"
		fi
		if ! office "$@" >"$work/again" 2>&1; then
			wrong=$((wrong + 1))
			not_ok "$what, killed before step $step: run again" "$work/again"
			continue
		fi
		after=$(kid_of "$role")
		former=$(kid_of "$role" former)
		[ "$after" != "$before" ] && [ "$former" = "$before" ] && whole || {
			wrong=$((wrong + 1))
			not_ok "$what, killed before step $step: $before became $after, former $former" "$work/again"
		}
	done
	[ $killed -gt 8 ] && [ $step -lt 400 ] && [ $wrong -eq 0 ] && ok "$what: killed before $killed of its steps, nothing is lost" ||
		not_ok "$what: of $killed runs that were killed $wrong went wrong"
}
sweep 2 "another issuer" issuer keys rotate issuer
sweep 2 "another status key, the former destroyed" status keys rotate status --destroy-former-key
sweep 7 "another root at once" root keys rotate root
home=$work/first
office keys rotate root --prepare >/dev/null || not_ok "prepare"
sweep 7 "a prepared root" root keys rotate root
finish
