# Holds what scripts/render measured to its bounds. A line is as awk/used.awk prints
# it; of the same number of samples the least time counts and the greatest memory.

BEGIN {
	most_seconds[1000000] = 5
	most_seconds[10000000] = 30
	most_memory[10000000] = 1024
}

{
	if (!($1 in n))
		sizes[++count] = $1
	if (!n[$1]++ || $2 < seconds[$1])
		seconds[$1] = $2
	if (n[$1] == 1 || $3 < cpu[$1])
		cpu[$1] = $3
	if ($4 > memory[$1])
		memory[$1] = $4
}

END {
	for (i = 1; i <= count; i++) {
		size = sizes[i]
		say(size, "time", seconds[size], "s", most_seconds[size])
		printf "%8d samples  CPU time %24.2f s\n", size, cpu[size]
		say(size, "peak resident memory", memory[size] / 1024, "MiB", most_memory[size])
	}
	exit missed > 0 || !count
}

function say(size, what, figure, unit, most,    held) {
	printf "%8d samples  %-21s %11.2f %s", size, what, figure, unit
	if (most) {
		held = figure > 0 && figure <= most
		missed += !held
		printf "  bound %g %s %s", most, unit, held ? "held" : "MISSED"
	}
	print ""
}
