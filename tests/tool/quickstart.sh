#!/bin/sh
# The quickstart at a small scale, for both profiles, in a directory with an odd name.
set -u
. "$(dirname "$0")/lib.sh.inc"

for profile in intl gm; do
	odd="$work/odd 目录 $profile"
	if "$top/tools/quickstart.sh" --no-serve --scale 0.3 --profile $profile --dir "$odd" --json "$work/$profile.json" >"$work/$profile.log" 2>&1; then
		ok "every step of the $profile quickstart held"
	else
		not_ok "every step of the $profile quickstart held" "$work/$profile.log"
		tail -20 "$work/$profile.log" | sed 's/^/  | /'
		continue
	fi
	for name in bodies holders moderators credentials verified http_checked mismatches import_seconds issue_seconds issue_per_second publish_seconds \
		bundle_bytes status_list_bytes token_bytes_median token_bytes_max qr_version_max registry_bytes; do
		value=$(field "$work/$profile.json" $name)
		case $value in '' | *[!0-9.]*) not_ok "$profile: the summary has the number $name (got '$value')" ;; *) ok "$profile: the summary has the number $name" ;; esac
	done
	[ "$(field "$work/$profile.json" mismatches)" = 0 ] && ok "$profile: no mismatch" || not_ok "$profile: no mismatch"
done
exits 2 "an unknown option is refused" "$top/tools/quickstart.sh" --nonsense
exits 2 "a directory that is not empty is refused" "$top/tools/quickstart.sh" --no-serve --dir "$top/docs"
finish
