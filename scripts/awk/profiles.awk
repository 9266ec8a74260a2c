# Prints a Markdown table with a row for each profile from one that has a row for each
# variant of each profile: "runc", "runc, no work", "runc with eventfd, no work".
#
# columns is a list with semicolons; each is VARIANT|FIELD[+FIELD...]|HEADING, where VARIANT
# is what follows the profile's name, and FIELD a column of the input. Of several fields
# an interval stands in brackets. A profile that has no such variant has a dash.

BEGIN { FS = " *[|] *" }

/^[|] profile / {
	for (i = 2; i < NF; i++)
		at[$i] = i
	next
}

/^[|] `/ {
	name = substr($2, 2, length($2) - 2)
	profile = name
	sub(/( with |, ).*/, "", profile)
	variant = substr(name, length(profile) + 1)
	if (!(profile in known)) {
		known[profile] = 1
		order[++profiles] = profile
	}
	row[profile, variant] = $0
}

# value is a cell of the output.
function value(line, fields,    n, i, f, cell, text, v) {
	split(line, cell, FS)
	n = split(fields, f, "+")
	for (i = 1; i <= n; i++) {
		if (!(f[i] in at)) {
			print "no column " f[i] > "/dev/stderr"
			exit failed = 1
		}
		v = cell[at[f[i]]]
		if (n > 1 && f[i] == "95%")
			v = v == "-" ? "" : "(" v ")"
		text = text (text == "" || v == "" ? "" : " ") v
	}
	return text
}

END {
	if (failed)
		exit 1
	n = split(columns, column, ";")
	printf "| profile |"
	for (c = 1; c <= n; c++) {
		split(column[c], part, "|")
		which[c] = part[1]
		fields[c] = part[2]
		printf " %s |", part[3]
	}
	printf "\n|---|"
	for (c = 1; c <= n; c++)
		printf "---:|"
	printf "\n"
	for (p = 1; p <= profiles; p++) {
		printf "| `%s` |", order[p]
		for (c = 1; c <= n; c++)
			printf " %s |", (order[p], which[c]) in row ? value(row[order[p], which[c]], fields[c]) : "-"
		printf "\n"
	}
	if (!profiles) {
		print "no profile in the table" > "/dev/stderr"
		exit 1
	}
}
