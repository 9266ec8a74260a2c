# Tells scripts/render what one time took, as a line of samples, seconds, seconds of
# CPU time, and peak memory in KiB. The input is what `times` of the shell printed
# before and after, two lines each, of which the second is of its children.

NR % 2 == 0 { cpu = seconds($1) + seconds($2) - cpu }

function seconds(text,    parts) {
	split(text, parts, /[ms]/)
	return parts[1] * 60 + parts[2]
}

END { printf "%d %.2f %.2f %d\n", samples, ended - began, cpu, peak }
