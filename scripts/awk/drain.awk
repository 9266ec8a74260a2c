# Prints the metrics of BenchmarkDrain as a table and holds them to the bound.

/^BenchmarkDrain/ {
	found = 1
	for (i = 3; i < NF; i += 2)
		metric[$(i + 1)] = $i
	rounds = $2
}

function line(figure,    at_once, drained) {
	at_once = metric[figure "-undrained"]
	drained = metric[figure "-drained"]
	printf "%-12s %8.3f %8.3f\n", figure, at_once, drained
	off_at_once += distance(at_once) / 4
	off_drained += distance(drained) / 4
}

function distance(ratio) {
	return ratio < 1 ? -log(ratio) : log(ratio)
}

END {
	if (!found) {
		print "drain: the benchmark printed nothing" > "/dev/stderr"
		exit 1
	}
	printf "rounds %d, draining takes %.1f ms\n", rounds, metric["ms/drain"]
	printf "%-12s %8s %8s\n", "ratio of", "at once", "drained"
	line("clone-p50"); line("clone-p90"); line("release-p50"); line("release-p90")
	held = off_drained < off_at_once
	printf "%-12s %8.3f %8.3f  nearer after draining %s\n", "off by", off_at_once, off_drained, held ? "held" : "MISSED"
	exit !held
}
