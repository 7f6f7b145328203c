# What gcov tells of one file, as lines of tab-separated words:
#   file <file> <lines run> <lines>
#   branch <file> <function> <line number> <branches never taken> <branches> <the line>
function close_line() {
	if (branches > 0)
		print "branch", file, name, number, missed, branches, text
	branches = missed = 0
}

BEGIN { OFS = "\t" }
/^ *-: *0:Source:/ { close_line(); here = substr($0, index($0, "Source:") + 7) == file; next }
!here { next }
/^function / { close_line(); name = $2; next }
/^branch / { branches++; missed += / never executed|taken 0( |$)/; next }
/^ *[0-9#=*-]+: *[1-9][0-9]*:/ {
	close_line()
	count = substr($0, 1, index($0, ":") - 1)
	rest = substr($0, index($0, ":") + 1)
	number = substr(rest, 1, index(rest, ":") - 1) + 0
	text = substr(rest, index(rest, ":") + 1)
	gsub(/[ \t]+/, " ", text)
	sub(/^ /, "", text)
	lines += count !~ /-/
	run += count ~ /[0-9]/
}
END { close_line(); print "file", file, run + 0, lines + 0 }
