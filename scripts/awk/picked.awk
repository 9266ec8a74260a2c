# Prints some rows and columns of a Markdown table, which the input has one of: a row
# for each of primitives, which the first column names, and of the others those in
# columns. Both are lists with commas.

BEGIN { FS = " *[|] *" }

/^[|] primitive / {
	for (i = 2; i < NF; i++)
		at[$i] = i
	n = split(columns, column, ",")
	printf "| primitive |"
	for (i = 1; i <= n; i++)
		printf " %s |", column[i]
	printf "\n|---|"
	for (i = 1; i <= n; i++)
		printf "---:|"
	printf "\n"
}

/^[|] `/ { row[substr($2, 2, length($2) - 2)] = $0 }

END {
	rows = split(primitives, primitive, ",")
	for (r = 1; r <= rows; r++) {
		if (!(primitive[r] in row)) {
			print "no row of " primitive[r] > "/dev/stderr"
			exit 1
		}
		split(row[primitive[r]], cell, FS)
		printf "| `%s` |", primitive[r]
		for (i = 1; i <= n; i++)
			printf " %s |", cell[at[column[i]]]
		printf "\n"
	}
	printf "\n"
}
