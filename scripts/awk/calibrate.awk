# Tells scripts/calibrate in how many runs a known difference was found, with what
# bias. A line is as awk/found.awk prints it; a shift that is not known is null.

{
	known = $6 != "null" && $7 != "null" && $8 != "null"
	inside = known && $4 >= $7 && $4 <= $8
	tally($2 " +" $3 / 1000 "us", inside)
	if (!inside)
		printf "%s +%gus, run %d: %s, interval %s to %s, was %s\n", $2, $3 / 1000, $1, $6, $7, $8, $4 > "/dev/stderr"
	if ($3 == 0)
		tally($2 " verdict", $5 == "same" || $5 == "inconclusive")
}

# tally counts this line for what is to hold.
function tally(what, holds,    k) {
	if (!(what in n))
		whats[++count] = what
	k = ++n[what]
	held[what] += holds
	if (!known)
		return
	k = ++with[what]
	estimate[what, k] = $6
	truth[what, k] = $4
	off[what, k] = $6 - $4
	width[what, k] = $8 - $7
}

function median_of(rows, what,    i, list) {
	for (i = 1; i <= with[what]; i++)
		list[i] = rows[what, i]
	return median(list, with[what])
}

function report(what,    name, well) {
	split(what, name, " ")
	# Not below 95 of 100, whatever the number of runs: 19 of 20, and 10 of 10.
	well = held[what] >= 0.95 * n[what]
	printf "%-9s %-8s %4d of %-4d %8.0f ns %8.0f ns %+6.0f ns %6.0f ns  95 %% %s\n", name[1], name[2], held[what], n[what],
		median_of(estimate, what), median_of(truth, what), median_of(off, what), median_of(width, what), well ? "held" : "MISSED"
	return well
}

END {
	printf "%-9s %-8s %12s %11s %11s %9s %9s  %s\n", "placement", "what", "held", "found", "was", "off", "interval", "bound"
	for (c = 1; c <= count; c++)
		missed += !report(whats[c])
	exit missed > 0 || !count
}
