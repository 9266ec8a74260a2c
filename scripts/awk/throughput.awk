# Tells scripts/throughput how nsbench's rate compares with C's at one placement.
# A line is a round: placement nsbench_rate nsbench_cycle c_rate c_cycle.

$1 == placement {
	ratio[++n] = $2 / $4
	ours[n] = $2
	our_cycle[n] = $3
	theirs[n] = $4
	their_cycle[n] = $5
}

END {
	mid = median(ratio, n)
	held = mid >= 0.9
	printf "%-9s nsbench %6.0f/s (%6.0f ns)  C %6.0f/s (%6.0f ns)  ratio %.3f (%.3f to %.3f)  bound 0.9 %s\n",
		placement, median(ours, n), median(our_cycle, n), median(theirs, n), median(their_cycle, n),
		mid, ratio[1], ratio[n], held ? "held" : "MISSED"
	exit !held
}
