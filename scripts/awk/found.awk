# Prints what a run has found of each delay, and of none, which is the baseline
# once more. The first file is what awk/delays.awk printed; the second the figures
# of the run as JSON, which nsbench writes with one member a line.
#
# A line is: run placement delay_ns measured_ns verdict shift_ns lo_ns hi_ns.

FNR == NR {
	measured[$1] = $2
	next
}

function member(line) {
	sub(/^[^:]*: "?/, "", line)
	sub(/"?,?$/, "", line)
	return line
}

/^      "delay_ns":/ { delay = member($0) + 0 }
/^        "verdict":/ { verdict = member($0) }
/^        "shift_ns":/ { shift = member($0) }
/^        "shift_lo_ns":/ { lo = member($0) }
/^        "shift_hi_ns":/ { print run, placement, delay, delay ? measured[delay] : 0, verdict, shift, lo, member($0) }
