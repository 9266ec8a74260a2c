# Tells scripts/no-bias how far nsbench and C are apart, in each cell.
# A line is a round: primitive placement nsbench_ns c_ns.

{
	cell = $1 " " $2
	if (!(cell in n))
		cells[++count] = cell
	k = ++n[cell]
	ours[cell, k] = $3
	theirs[cell, k] = $4
	apart[cell, k] = $1 == "spin" ? $3 - $4 : $3 / $4
}

# The median of one cell's rows; the lowest and highest go to low and high.
function median_of(rows, cell,    i, list, mid) {
	for (i = 1; i <= n[cell]; i++)
		list[i] = rows[cell, i]
	mid = median(list, n[cell])
	low = list[1]
	high = list[n[cell]]
	return mid
}

function report(cell,    name, spin, a, b, mid, held) {
	split(cell, name, " ")
	spin = name[1] == "spin"
	a = median_of(ours, cell)
	b = median_of(theirs, cell)
	mid = median_of(apart, cell)
	held = spin ? mid <= 30 && mid >= -30 : mid <= 1.1 && mid >= 0.9
	printf "%-9s %-9s %9.0f ns %9.0f ns %10s %22s  %s\n", name[1], name[2], a, b,
		sprintf(spin ? "%+.0f ns" : "%.3f", mid),
		sprintf(spin ? "%+.0f to %+.0f ns" : "%.3f to %.3f", low, high),
		(spin ? "30 ns " : "10 % ") (held ? "held" : "MISSED")
	return held
}

END {
	printf "%-9s %-9s %12s %12s %10s %22s  %s\n", "primitive", "placement",
		"nsbench", "C", "apart", "lowest to highest", "bound"
	for (c = 1; c <= count; c++)
		missed += !report(cells[c])
	exit missed > 0
}
