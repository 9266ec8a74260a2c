# Prints for each delay of a record what it was meant to be and the median of what
# it was, in nanoseconds, over the samples that count.

# The header lists the series in the order by which blocks name them.
/"kind":"header"/ {
	n = split($0, series, /"primitive":/)
	for (i = 2; i <= n; i++)
		if (match(series[i], /"delay_ns":[0-9]+/))
			meant[i - 2] = substr(series[i], RSTART + 11, RLENGTH - 11)
}

is_block() && !is_warmup() && scalar("series") in meant {
	s = scalar("series")
	split("", left_out)
	rest = $0
	while (match(rest, /"sample":[0-9]+/)) {
		left_out[substr(rest, RSTART + 9, RLENGTH - 9) + 1]
		rest = substr(rest, RSTART + RLENGTH)
	}
	k = column("delay_ns", delay)
	for (i = 1; i <= k; i++)
		if (!(i in left_out))
			all[s, ++count[s]] = delay[i]
}

END {
	for (s in count) {
		split("", list)
		for (i = 1; i <= count[s]; i++)
			list[i] = all[s, i]
		print meant[s], median(list, count[s])
	}
}
