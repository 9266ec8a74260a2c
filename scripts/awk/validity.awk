# Counts the samples of blocking primitives whose waiter gave its CPU up.

BEGIN { reasons = split("not-blocked early clock outcome", reason, " ") }

# The header lists the series in the order by which blocks name them, each with
# one member "blocking".
/"kind":"header"/ {
	rest = $0
	while (match(rest, /"blocking":(true|false)/)) {
		blocking[series++] = substr(rest, RSTART, RLENGTH) ~ /true/
		rest = substr(rest, RSTART + RLENGTH)
	}
}

is_block() && !is_warmup() && blocking[scalar("series")] {
	k = column("voluntary", switches)
	n += k
	for (i = 1; i <= k; i++)
		proven += switches[i] > 0
	for (i = 1; i <= reasons; i++)
		marked[i] += gsub("\"reason\":\"" reason[i] "\"", "&")
}

END {
	if (!n) {
		print "validity: the record has no sample of a blocking primitive" > "/dev/stderr"
		exit 1
	}
	held = proven >= 0.999 * n
	printf "samples of blocking primitives %d\n", n
	printf "with proof of having blocked   %d  %.3f %%  bound 99.9 %% %s\n",
		proven, 100 * proven / n, held ? "held" : "MISSED"
	for (i = 1; i <= reasons; i++)
		printf "marked %-23s %d\n", reason[i], marked[i]
	exit !held
}
