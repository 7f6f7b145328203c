# usage: awk -f coverage_judge.awk coverage-exceptions.txt <what coverage_read.awk wrote>
# A table of the files, the branches never taken that are no exceptions, the exceptions that are none any more; exit code 1 if any.
function complain(sentence) {
	complaints[++complaints_n] = sentence
}

function read_exception(line,    words, key) {
	if (line ~ /^(#|[ \t]*$)/)
		return
	if (line ~ /^\[.*\]$/) {
		reason = substr(line, 2, length(line) - 2)
		if (!(reason in reason_n))
			reasons[++reasons_n] = reason
		reason_n[reason] += 0
		return
	}
	if (reason == "" || split(line, words, " ") < 4 || words[3] !~ /^[1-9][0-9]*$/) {
		complain(FILENAME ":" FNR ": wanted a [reason] and then lines of: file function count line")
		return
	}
	key = words[1] SUBSEP words[2] SUBSEP substr(line, index(line, " " words[3] " ") + length(words[3]) + 2)
	if (key in excepted)
		complain(FILENAME ":" FNR ": twice the same exception")
	excepted[key] = words[3]
	excepted_for[key] = reason
	excepted_at[key] = FILENAME ":" FNR
}

function percent(part, whole) {
	return whole == 0 ? "100.0 %" : sprintf("%5.1f %%", int(1000 * part / whole) / 10)
}

function row(name, lines_run, lines_all, taken, all, allowed) {
	printf "%-26s %5d / %5d %8s %6d / %5d %8s %10d\n", name, lines_run, lines_all, percent(lines_run, lines_all), taken, all,
	    percent(taken, all), allowed
}

FILENAME == ARGV[1] { read_exception($0); next }
{ split($0, word, "\t") }
word[1] == "branch" {
	key = word[2] SUBSEP word[3] SUBSEP word[7]
	all[word[2]] += word[6]
	missed[word[2]] += word[5]
	if (word[5] == 0)
		next
	found[key] += word[5]
	if (!(key in place)) {
		places[++places_n] = key
		place[key] = word[2] ":" word[4] ": " word[3] ": " word[7]
	} else {
		place[key] = place[key] " (and line " word[4] ")"
	}
}
word[1] == "file" { files[++files_n] = word[2]; lines_run[word[2]] = word[3]; lines_all[word[2]] = word[4] }

END {
	for (key in excepted) {
		split(key, part, SUBSEP)
		allowed[part[1]] += excepted[key]
		reason_n[excepted_for[key]] += excepted[key]
		if (found[key] + 0 < excepted[key])
			complain(excepted_at[key] ": " excepted[key] " branches allowed, " found[key] + 0 " never taken: " part[1] ": " part[2] ": " part[3])
	}
	for (i = 1; i <= places_n; i++)
		if (found[places[i]] > ((places[i] in excepted) ? excepted[places[i]] : 0))
			complain(place[places[i]] "  [" found[places[i]] " never taken" \
			    ((places[i] in excepted) ? ", " excepted[places[i]] " allowed]" : "]"))
	printf "%-26s %13s %8s %14s %8s %10s\n", "file", "lines", "", "branches", "", "exceptions"
	for (i = 1; i <= files_n; i++) {
		f = files[i]
		row(f, lines_run[f], lines_all[f], all[f] - missed[f], all[f], allowed[f])
		sums[1] += lines_run[f]; sums[2] += lines_all[f]; sums[3] += all[f] - missed[f]; sums[4] += all[f]; sums[5] += allowed[f]
	}
	row("all", sums[1], sums[2], sums[3], sums[4], sums[5])
	print ""
	for (i = 1; i <= reasons_n; i++)
		printf "%4d exceptions: %s\n", reason_n[reasons[i]], reasons[i]
	for (i = 1; i <= complaints_n; i++)
		print "not ok - " complaints[i]
	if (complaints_n == 0)
		print "ok - every branch is taken or an exception"
	exit complaints_n > 0
}
