# Prints some cells of a matrix as a Markdown table: a row for each primitive, a column
# for each fault or set of namespaces. The input is what nsbench export --format cells
# prints. primitives and columns are lists with commas; way is one of isolation's, or
# empty. With quota the cells are times instead: the median release latency and that of
# a child without the fault.

# fields splits a line of CSV, RFC 4180, into out: a quote within quotes is doubled.
function fields(line, out,    n, i, c, quoted, text) {
	split("", out)
	n = 1
	for (i = 1; i <= length(line); i++) {
		c = substr(line, i, 1)
		if (c == "\"" && quoted && substr(line, i + 1, 1) == "\"") {
			text = text c
			i++
		} else if (c == "\"")
			quoted = !quoted
		else if (c == "," && !quoted) {
			out[n++] = text
			text = ""
		} else
			text = text c
	}
	out[n] = text
	return n
}

NR == 1 {
	for (i = fields($0, head); i > 0; i--)
		at[head[i]] = i
	next
}

{ fields($0, f) }

f[at["way"]] == way {
	cell = f[at["primitive"]] SUBSEP f[at["column"]]
	text = f[at["early"]] == "true" ? "**released** before its release" : f[at["result"]]
	if (f[at["class"]] == "unsafe" && text !~ /\*/)
		text = "**" text "**"
	if (f[at["outcome"]] == "unavailable")
		text = "-"
	else if (f[at["errno"]] f[at["signal"]] != "")
		text = text " " f[at["errno"]] f[at["signal"]]
	if (f[at["n"]] != f[at["trials"]])
		text = text " " f[at["n"]] " of " f[at["trials"]]
	told[cell] = told[cell] (told[cell] == "" ? "" : "; ") text
	under[cell] = f[at["latency_p50_ns"]]
	free[cell] = f[at["free_p50_ns"]]
	if (f[at["trials"]] > trials)
		trials = f[at["trials"]]
}

# milli prints a time in ns as one in ms.
function milli(ns) { return sprintf("%.3f ms", ns / 1e6) }

function times(ratio) { return sprintf(ratio < 10 ? "%.1f" : "%.0f", ratio) }

END {
	rows = split(primitives, row, ",")
	if (quota) {
		print "| | released under the quota, median | without | times |\n|---|---|---|---|"
		for (r = 1; r <= rows; r++) {
			cell = row[r] SUBSEP columns
			printf "| `%s` | %s | %s | %s |\n", row[r], milli(under[cell]), milli(free[cell]), times(under[cell] / free[cell])
		}
		printf "\nMedians of %d children each.\n", trials
		exit
	}
	cols = split(columns, col, ",")
	printf "| |"
	for (i = 1; i <= cols; i++)
		printf " %s |", col[i]
	printf "\n|---|"
	for (i = 1; i <= cols; i++)
		printf "---|"
	for (r = 1; r <= rows; r++) {
		printf "\n| `%s` |", row[r]
		for (i = 1; i <= cols; i++) {
			if (told[row[r], col[i]] == "") {
				print "no cell of " row[r] " and " col[i] > "/dev/stderr"
				exit 1
			}
			printf " %s |", told[row[r], col[i]]
		}
	}
	printf "\n\nEach cell is of %d trials.\n", trials
}
