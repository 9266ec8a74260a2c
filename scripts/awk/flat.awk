# Tells scripts/flat whether a long run stayed as cheap as it began: peak is its
# resident memory in KiB, the input its record.

is_block() && !is_warmup() {
	k = column("clone_ns", clone)
	blocks++
	for (i = 1; i <= k; i++)
		all[blocks, ++children[blocks]] = clone[i]
	releases += column("release_ns", ignored)
}

function median_between(from, to,    b, i, n, list) {
	for (b = from; b <= to; b++)
		for (i = 1; i <= children[b]; i++)
			list[++n] = all[b, i]
	return median(list, n)
}

END {
	tenth = int(blocks / 10)
	if (!tenth) {
		print "flat: the record has fewer than ten blocks" > "/dev/stderr"
		exit 1
	}
	first = median_between(1, tenth)
	last = median_between(blocks - tenth + 1, blocks)
	small = peak > 0 && peak <= 256 * 1024
	flat = last <= first * 1.1
	printf "releases %.0f in %d blocks\n", releases, blocks
	printf "peak resident memory %.1f MiB  bound 256 MiB %s\n", peak / 1024, small ? "held" : "MISSED"
	printf "median clone  first tenth %.0f ns  last tenth %.0f ns  ratio %.3f  bound 1.1 %s\n",
		first, last, last / first, flat ? "held" : "MISSED"
	exit !(small && flat)
}
