# Prints the median release latency of a record of one series, in nanoseconds, over
# the samples that count. A report gives it only where it has an interval, which
# a run of which many are compared need not have.

is_block() && !is_warmup() {
	split("", left_out)
	rest = $0
	while (match(rest, /"sample":[0-9]+/)) {
		left_out[substr(rest, RSTART + 9, RLENGTH - 9) + 1]
		rest = substr(rest, RSTART + RLENGTH)
	}
	k = column("release_ns", release)
	for (i = 1; i <= k; i++)
		if (!(i in left_out))
			all[++n] = release[i]
}

END {
	if (n == 0)
		exit 1
	print median(all, n)
}
