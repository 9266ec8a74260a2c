# Prints the cycles a second of a record, and its median cycle in nanoseconds.

is_block() && !is_warmup() {
	k = column("cycle_ns", cycle)
	for (i = 1; i <= k; i++) {
		all[++n] = cycle[i] + 0
		sum += cycle[i]
	}
}

END {
	if (!n)
		exit 1
	printf "%.0f %.0f\n", n / sum * 1e9, median(all, n)
}
