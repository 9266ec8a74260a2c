# Tells scripts/throughput how nsbench's rates compare with C's at one placement.
# A line is what one program did in one round: placement, round, program,
# launcher, cycles a second, median cycle in nanoseconds.

$1 == placement {
	rate[$3, $4, $2] = $5
	cycle[$3, $4, $2] = $6
	if ($2 > rounds)
		rounds = $2
}

# middle is the median of one program's figures over the rounds.
function middle(figures, program, launcher,    i, all) {
	for (i = 1; i <= rounds; i++)
		all[i] = figures[program, launcher, i]
	return median(all, rounds)
}

# held says how the rate of nsbench under a launcher compares with C's under one. A
# bound of 0 is none.
function held(launcher, with, bound,    i, ratio, mid) {
	for (i = 1; i <= rounds; i++)
		ratio[i] = rate["nsbench", launcher, i] / rate["c", with, i]
	mid = median(ratio, rounds)
	printf "%-9s nsbench %-5s %6.0f/s (%6.0f ns)  C %-5s %6.0f/s (%6.0f ns)  ratio %.3f (%.3f to %.3f)  %s\n",
		placement, launcher, middle(rate, "nsbench", launcher), middle(cycle, "nsbench", launcher),
		with, middle(rate, "c", with), middle(cycle, "c", with),
		mid, ratio[1], ratio[rounds], bound ? "bound " bound " " ((mid >= bound) ? "held" : "MISSED") : "no bound"
	return mid >= bound
}

END {
	well = held("clone", "clone", 0.9)
	bounded = placement == "same-cpu"
	well = held("vm", "clone", bounded ? 1.8 : 0) && well
	well = held("vm", "vm", bounded ? 0.95 : 0) && well
	exit !well
}
