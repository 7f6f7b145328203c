#!/bin/sh
# Measure what docs/benchmarks.md states, at the size of the province, each figure beside the limit or the peer measured in
# the same run.  Prints one Markdown table for each profile.  Exit 0 if every "must" holds.
#   --profile P    only intl or gm (default: both)
#   --scale N      thousands of holders (default 216; anything else is marked in the table's title)
#   --rounds N     rounds of the ratios, the median is told (default 3)
#   --growth       also ten times the holders (minutes, and 4 GB of disk)
#   --judging      only the table of the verifier
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tools/packages.sh"
profiles='intl gm' scale=216 rounds=3 growth= algorithms='es256 ed25519 sm2'
while [ $# -gt 0 ]; do
	case $1 in
	--profile) profiles=$2; shift ;;
	--scale) scale=$2; shift ;;
	--rounds) rounds=$2; shift ;;
	--growth) growth=1 ;;
	--judging) profiles= ;;
	-h | --help) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 0 ;;
	*) echo "bench: unknown option $1 (see --help)" >&2; exit 2 ;;
	esac
	shift
done
# shellcheck disable=SC2086
packages_need $packages_build $packages_run time >/dev/null || exit 2
(cd "$top" && cmake --preset release >/dev/null && cmake --build --preset release >/dev/null &&
	cmake --build --preset release --target judge_bench cold_start >/dev/null) || { echo "bench: the build failed" >&2; exit 2; }
bin=$top/build/release/bin
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT INT TERM
cores=$(nproc)
missed=0

field() { sed -n "s/.*\"$2\":\"\{0,1\}\([^,\"}]*\).*/\1/p" "$1" | head -1; }
median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
calc() { awk "BEGIN { printf \"%.${2:-2}f\", $1 }"; }

row() { # row <what> <measured> <beside> <ratio> <must> <aim> <at-most|at-least>
	held=$(awk -v r="$4" -v m="$5" -v how="$7" 'BEGIN { print (how == "at-least" ? r >= m : r <= m) ? "held" : "MISSED" }')
	aimed=$(awk -v r="$4" -v m="$6" -v how="$7" 'BEGIN { if (m == "-") print ""; else print (how == "at-least" ? r >= m : r <= m) ? ", aim reached" : ", aim not reached" }')
	[ "$held" = held ] || missed=$((missed + 1))
	echo "| $1 | $2 | $3 | $4 | $5 | $6 | $held$aimed |"
}

timed() { # timed <name> <command...>: wall, user+system seconds and peak KiB into $work/<name>.time
	name=$1
	shift
	/usr/bin/time -f '%e %U %S %M' -o "$work/$name.time" "$@"
}
wall() { awk '{ print $1 }' "$work/$1.time"; }
cpu() { awk '{ print $2 + $3 }' "$work/$1.time"; }

peer_sign_rate() { # openssl's own signing rate on as many processes as there are cores
	case $1 in
	intl) openssl speed -seconds 3 -multi "$cores" ecdsap256 2>/dev/null | awk '/nistp256/ { print $(NF - 1) }' ;;
	gm) openssl speed -seconds 3 -multi "$cores" sm2 2>/dev/null | awk '/SM2/ && NF >= 4 { print $(NF - 1) }' | tail -1 ;;
	esac
}

prepare() { # prepare <home> <profile> <scale> [algorithm]: a register with all rows imported
	rm -rf "$1"
	"$bin/yaopai" --home "$1" --quiet init --demo --profile "$2" >/dev/null && "$bin/yaopai" --home "$1" --quiet keys new ${4:+--algorithm "$4"} >/dev/null &&
		"$bin/yaopai" --home "$1" --quiet trust sign >/dev/null || return 1
	[ -d "$work/sheets-$3" ] || "$bin/yaopai" sample "$work/sheets-$3" --scale "$3" >/dev/null 2>&1 || return 1
	"$bin/yaopai" --home "$1" --quiet import bodies "$work/sheets-$3/bodies.csv" >/dev/null || return 1
	timed "import-$3" "$bin/yaopai" --home "$1" --quiet import holders "$work/sheets-$3/holders.csv" --json >"$work/import.json" || return 1
	"$bin/yaopai" --home "$1" --quiet import moderators "$work/sheets-$3/moderators.csv" >/dev/null
}

# The same rows in the other forms that offices export, each into a register of its own.
measure_forms() { # measure_forms <profile>
	sheets=$work/sheets-$scale
	[ -f "$work/gb18030.csv" ] || iconv -f UTF-8 -t GB18030 "$sheets/holders.csv" >"$work/gb18030.csv" || return 1
	[ -f "$work/shared.xlsx" ] || "$top/build/release/helper/sheet_to_xlsx" "$sheets/holders.csv" "$work/shared.xlsx" || return 1
	for form in gb18030.csv shared.xlsx; do
		if [ "$form" = gb18030.csv ]; then must=6 aim=0.5; else must=10 aim=0.5; fi
		: >"$work/forms"
		for round in $(seq "$rounds"); do
			rm -rf "$work/form"
			"$bin/yaopai" --home "$work/form" --quiet init --demo --profile "$1" >/dev/null &&
				"$bin/yaopai" --home "$work/form" --quiet import bodies "$sheets/bodies.csv" >/dev/null &&
				timed form "$bin/yaopai" --home "$work/form" --quiet import holders "$work/$form" --json >"$work/form.json" || return 1
			wall form >>"$work/forms"
		done
		row "import of $(field "$work/form.json" new) rows from ${form#*.} ($form), seconds" "$(median <"$work/forms")" "$must" "$(calc "$(median <"$work/forms") / $must")" 1 "$aim" at-most
		row "peak memory of it, MiB" "$(awk '{ printf "%d", $4 / 1024 }' "$work/form.time")" "512" "$(calc "$(awk '{ print $4 / 1024 }' "$work/form.time") / 512")" 1 - at-most
	done
	rm -rf "$work/form"
}

descendants() { # descendants <pid>: its children and theirs
	for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
		echo "$child"
		descendants "$child"
	done
}

issue_all() { # issue_all <home> <name>: also the peak of anonymous memory (the map's pages are not ours)
	timed "$2" "$bin/yaopai" --home "$1" --quiet issue --json >"$work/$2.json" &
	timer=$!
	peak=0
	while kill -0 "$timer" 2>/dev/null; do
		for pid in $(descendants "$timer"); do
			now=$(awk '/^RssAnon/ { print $2 }' "/proc/$pid/status" 2>/dev/null)
			[ "${now:-0}" -le "$peak" ] || peak=$now
		done
		sleep 0.05
	done
	echo "$peak" >"$work/$2.peak"
	wait "$timer"
}

measure_issue() { # measure_issue <profile>: rounds of peer and issue, one after the other
	: >"$work/ratios" && : >"$work/rates" && : >"$work/peers" && : >"$work/extra" && : >"$work/imports" && : >"$work/peaks"
	for round in $(seq "$rounds"); do
		prepare "$work/home" "$1" "$scale" || return 1
		wall "import-$scale" >>"$work/imports"
		before=$(peer_sign_rate "$1")
		issue_all "$work/home" issue || return 1
		after=$(peer_sign_rate "$1")
		n=$(field "$work/issue.json" issued)
		peer=$(calc "($before + $after) / 2")
		rate=$(calc "$n / $(wall issue)")
		echo "$rate" >>"$work/rates"
		echo "$peer" >>"$work/peers"
		calc "$rate / $peer" 3 >>"$work/ratios"; echo >>"$work/ratios"
		calc "1e6 * ($(cpu issue) / $n - $cores / $peer)" 1 >>"$work/extra"; echo >>"$work/extra"
		cat "$work/issue.peak" >>"$work/peaks"
	done
}

report() { # report <profile>
	measure_issue "$1" || { echo "bench: a step failed" >&2; return 1; }
	home=$work/home
	n=$(field "$work/issue.json" issued)
	if [ "$1" = intl ]; then must=0.65 aim=0.80; else must=0.90 aim=0.95; fi
	row "issue $n credentials, durable, per second" "$(median <"$work/rates")" "openssl speed -multi $cores: $(median <"$work/peers")" "$(median <"$work/ratios")" $must $aim at-least
	row "processor time beyond the signature, us each" "$(median <"$work/extra")" "12" "$(calc "$(median <"$work/extra") / 12")" 9.99 1 at-most
	row "peak memory of issue besides the map, MiB" "$(calc "$(median <"$work/peaks") / 1024" 0)" "256" "$(calc "$(median <"$work/peaks") / 1024 / 256")" 1 0.25 at-most
	own=$("$bin/yaopai" --home "$home" show --json >"$work/show.json" && echo ok)
	[ "$own" = ok ] || return 1
	rows=$(($(field "$work/import.json" new) + $(field "$work/import.json" refused)))
	row "import of $rows holder rows, seconds" "$(median <"$work/imports")" "6" "$(calc "$(median <"$work/imports") / 6")" 1 0.5 at-most
	measure_forms "$1" || return 1
	live=$(field "$work/show.json" live_bytes) file=$(field "$work/show.json" file_bytes)
	row "live pages per credential, bytes" "$(calc "$live / $n" 0)" "1638" "$(calc "$live / $n / 1638")" 1 0.75 at-most
	row "files beside live pages" "$file" "$live" "$(calc "$file / $live")" 1.5 - at-most
	"$bin/yaopai" --home "$home" export tokens --out "$work/tokens.csv" --json >"$work/tokens.json" 2>/dev/null || return 1
	row "token bytes, median" "$(field "$work/tokens.json" token_bytes_median)" 345 "$(calc "$(field "$work/tokens.json" token_bytes_median) / 345")" 1 - at-most
	row "token bytes, longest" "$(field "$work/tokens.json" token_bytes_max)" 420 "$(calc "$(field "$work/tokens.json" token_bytes_max) / 420")" 1 - at-most
	row "QR version, nine of ten" "$(field "$work/tokens.json" qr_version_p90)" 15 "$(calc "$(field "$work/tokens.json" qr_version_p90) / 15")" 1 - at-most
	row "QR version, all" "$(field "$work/tokens.json" qr_version_max)" 18 "$(calc "$(field "$work/tokens.json" qr_version_max) / 18")" 1 - at-most
	awk -F, 'NR > 1 && $3 == "VALID" && NR % 100 == 7 { print $1 }' "$work/tokens.csv" >"$work/cancel.txt"
	"$bin/yaopai" --home "$home" --quiet cancel --file "$work/cancel.txt" --ground bench --organ bench --document bench-1 >/dev/null || return 1
	: >"$work/publishes"
	for round in $(seq "$rounds"); do
		timed publish "$bin/yaopai" --home "$home" --quiet publish --json >"$work/publish.json" || return 1
		wall publish >>"$work/publishes"
	done
	row "publish lists and bundle, seconds" "$(median <"$work/publishes")" "1" "$(median <"$work/publishes")" 1 0.5 at-most
	row "status list after cancelling $(wc -l <"$work/cancel.txt"), bytes" "$(field "$work/publish.json" largest_list_bytes)" 6144 "$(calc "$(field "$work/publish.json" largest_list_bytes) / 6144")" 1 0.88 at-most
	row "bundle, bytes" "$(field "$work/publish.json" bundle_bytes)" 24576 "$(calc "$(field "$work/publish.json" bundle_bytes) / 24576")" 1 0.5 at-most
	drill || return 1
	measure_devices "$home" "$([ "$1" = intl ] && echo 8 || echo 20)" || return 1
	[ -z "$growth" ] || grow "$1"
}

drill() { # everybody is reissued after the issuing key was compromised (docs/operations.md), beside the first issue of the same run
	home=$work/home
	first=$(median <"$work/rates")
	stolen=$("$bin/yaopai" --home "$home" keys kid issuer) || return 1
	"$bin/yaopai" --home "$home" keys rotate issuer --destroy-former-key >/dev/null || return 1
	timed compromise "$bin/yaopai" --home "$home" trust compromise "$stolen" >/dev/null || return 1
	timed reissue "$bin/yaopai" --home "$home" --quiet issue --reissue-signed-by "$stolen" --json >"$work/reissue.json" || return 1
	timed publish "$bin/yaopai" --home "$home" --quiet publish --json >"$work/publish.json" || return 1
	again=$(calc "$(field "$work/reissue.json" replaced) / $(wall reissue)")
	row "compromise drill: reissue $(field "$work/reissue.json" replaced), per second" "$again" "issue: $first" "$(calc "$again / $first")" 0.60 0.80 at-least
	row "compromise drill: call the key compromised, reissue, publish, seconds" "$(calc "$(wall compromise) + $(wall reissue) + $(wall publish)")" 60 "$(calc "($(wall compromise) + $(wall reissue) + $(wall publish)) / 60")" 1 0.25 at-most
}

# A device for every tenth certificate: the import and its reissue, then sizes bare and live.
measure_devices() { # measure_devices <home> <processor seconds for the reissue>
	unit=$top/build/release/unit
	prefix=$(sed -n 's/^qr_prefix *= *//p' "$1/yaopai.conf")
	"$bin/yaopai" --home "$1" --quiet export tokens --out "$work/tokens.csv" >/dev/null || return 1   # some were cancelled since
	"$unit/bench_devices" sheet <"$work/tokens.csv" >"$work/devices.csv" || return 1
	timed record "$bin/yaopai" --home "$1" --quiet import devices "$work/devices.csv" --no-issue --json >"$work/record.json" || return 1
	timed redevice "$bin/yaopai" --home "$1" --quiet import devices "$work/devices.csv" --json >"$work/redevice.json" || return 1
	head -2 "$work/devices.csv" >"$work/device.csv"
	timed one "$bin/yaopai" --home "$1" --quiet import devices "$work/device.csv" >/dev/null || return 1
	"$bin/yaopai" --home "$1" --quiet export tokens --out "$work/tokens.csv" >/dev/null || return 1
	"$unit/bench_devices" sizes "${#prefix}" <"$work/tokens.csv" >"$work/sizes.json" || return 1
	row "record $(field "$work/record.json" new) devices, processor seconds" "$(cpu record)" 6 "$(calc "$(cpu record) / 6")" 1 0.5 at-most
	row "read the same file again and reissue $(field "$work/redevice.json" reissued), processor seconds" "$(cpu redevice)" "$2" "$(calc "$(cpu redevice) / $2")" 1 0.5 at-most
	row "import of one device, processor seconds" "$(cpu one)" 2 "$(calc "$(cpu one) / 2")" 1 0.5 at-most
	row "token with a device: bytes, median" "$(field "$work/sizes.json" bare_bytes_median)" 420 "$(calc "$(field "$work/sizes.json" bare_bytes_median) / 420")" 1 - at-most
	row "live code: bytes, longest" "$(field "$work/sizes.json" live_bytes_max)" 2048 "$(calc "$(field "$work/sizes.json" live_bytes_max) / 2048")" 1 - at-most
	row "live code: QR version, nine of ten" "$(field "$work/sizes.json" live_version_p90)" 20 "$(calc "$(field "$work/sizes.json" live_version_p90) / 20")" 1 - at-most
	row "live code with challenge and audience: QR version, all" "$(field "$work/sizes.json" asked_version_max)" 22 "$(calc "$(field "$work/sizes.json" asked_version_max) / 22")" 1 - at-most
	row "live code: QR version, all" "$(field "$work/sizes.json" live_version_max)" 22 "$(calc "$(field "$work/sizes.json" live_version_max) / 22")" 1 - at-most
}

grow() { # grow <profile>: ten times the holders beside one time
	one=$(median <"$work/rates")
	prepare "$work/home" "$1" "$((scale * 10))" || return 1
	issue_all "$work/home" issue10 || return 1
	ten=$(calc "$(field "$work/issue10.json" issued) / $(wall issue10)")
	row "issue rate at 10 times the holders, per second" "$ten" "at 1 time: $one" "$(calc "$one / $ten")" 1.25 1.10 at-most
}

value() { sed -n "s/^$2=//p" "$1"; }
peer_check_rate() { # openssl's own rate of checking signatures, one process
	case $1 in
	es256) openssl speed -seconds 2 ecdsap256 2>/dev/null | awk '/nistp256/ { print $NF }' ;;
	ed25519) openssl speed -seconds 2 ed25519 2>/dev/null | awk '/Ed25519/ { print $NF }' ;;
	sm2) openssl speed -seconds 2 sm2 2>/dev/null | awk '/SM2/ && NF >= 4 { print $NF }' | tail -1 ;;
	esac
}

judging() { # judging <algorithm>: the library and the offline verifier, with the whole province's bundle
	home=$work/judging
	prepare "$home" "$([ "$1" = sm2 ] && echo gm || echo intl)" "$scale" "$1" && "$bin/yaopai" --home "$home" --quiet issue >/dev/null &&
		"$bin/yaopai" --home "$home" --quiet export tokens --out "$work/tokens.csv" >/dev/null || return 1
	awk -F, 'NR > 1 && $3 == "VALID" && NR % 100 == 7 { print $1 }' "$work/tokens.csv" >"$work/cancel.txt"
	"$bin/yaopai" --home "$home" --quiet cancel --file "$work/cancel.txt" --ground bench --organ bench --document bench-1 >/dev/null &&
		"$bin/yaopai" --home "$home" --quiet publish >/dev/null || return 1
	tr -d '\r' <"$work/tokens.csv" | awk -F, 'NR % 55 == 2 { print $4 }' >"$work/tokens.txt"
	before=$(peer_check_rate "$1")
	"$top/build/release/bench/judge_bench" "$home/published/bundle" "$home/keys/root.cert.pem" "$work/tokens.txt" \
		"$home/keys/issuer.key.pem" "$home/keys/issuer.cert.pem" $((2 * rounds + 1)) 0.5 >"$work/judge" || return 1
	after=$(peer_check_rate "$1")
	token=$(awk -F, 'NR > 1 && $3 == "VALID" && NR % 100 != 7 { print $4; exit }' "$work/tokens.csv" | tr -d '\r')
	"$top/build/release/bench/cold_start" 51 "$bin/yaopai-verify" -q -b "$home/published/bundle" -r "$home/keys/root.cert.pem" --brief "$token" >"$work/cold" &&
		"$top/build/release/bench/cold_start" 51 openssl dgst -sha256 "$home/keys/root.cert.pem" >"$work/coldest" || return 1
	name=$(value "$work/judge" algorithm)
	row "$name: judge on one thread, per second" "$(value "$work/judge" judge_1_rate)" "bare checks in turns: $(value "$work/judge" judge_1_peer) (openssl speed: $before, $after)" "$(value "$work/judge" judge_1_ratio)" 0.85 0.95 at-least
	row "$name: judge on $cores threads, per second" "$(value "$work/judge" judge_all_rate)" "bare checks in turns: $(value "$work/judge" judge_all_peer)" "$(value "$work/judge" judge_all_ratio)" 0.85 0.95 at-least
	row "$name: live codes on one thread, per second" "$(value "$work/judge" live_rate)" "two checks and a point decompressed: $(value "$work/judge" live_peer)" "$(value "$work/judge" live_ratio)" 0.70 0.80 at-least
	row "$name: status look-up in a list of $(value "$work/judge" list_indices), ns" "$(value "$work/judge" lookup_ns)" "one inflation: $(value "$work/judge" inflate_ns)" "$(value "$work/judge" lookup_of_inflate)" 0.01 - at-most
	row "$name: load the bundle, ms" "$(value "$work/judge" load_ms)" 20 "$(calc "$(value "$work/judge" load_ms) / 20")" 1 0.25 at-most
	row "$name: yaopai-verify from its start to the verdict, ms of wall clock" "$(value "$work/cold" wall)" 20 "$(calc "$(value "$work/cold" wall) / 20")" 1 0.5 at-most
	row "$name: the same, ms of processor" "$(value "$work/cold" cpu)" "20 (openssl dgst of a small file: $(value "$work/coldest" cpu))" "$(calc "$(value "$work/cold" cpu) / 20")" 1 0.5 at-most
}

for profile in $profiles; do
	echo
	echo "### Profile $profile, scale $scale thousand holders, $rounds rounds, $cores cores ($(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)), $(openssl version | cut -d' ' -f1,2)"
	echo
	echo "| what | measured | beside | ratio | must | aim | |"
	echo "|---|---|---|---|---|---|---|"
	report "$profile" || { echo "bench: profile $profile could not be measured" >&2; exit 2; }
done

echo
echo "### The verifier, scale $scale thousand holders, $cores cores ($(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)), $(openssl version | cut -d' ' -f1,2)"
echo
echo "| what | measured | beside | ratio | must | aim | |"
echo "|---|---|---|---|---|---|---|"
for algorithm in $algorithms; do
	judging "$algorithm" || { echo "bench: judging with $algorithm could not be measured" >&2; exit 2; }
done
[ "$missed" -eq 0 ]
