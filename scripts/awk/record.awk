# Reads what scripts need of a record (result.jsonl), whose lines nsbench writes
# without blanks. Not a JSON parser: it finds a member by its name, which is
# enough for members that the format has once a line.

function is_block() { return /"kind":"block"/ }
function is_warmup() { return /"warmup":true/ }

# A scalar number of this line.
function scalar(name,    at) {
	at = index($0, "\"" name "\":")
	return at ? substr($0, at + length(name) + 3) + 0 : ""
}

# Splits an array of this line into out, and returns its length.
function column(name, out,    at, rest) {
	at = index($0, "\"" name "\":[")
	if (!at)
		return 0
	rest = substr($0, at + length(name) + 4)
	rest = substr(rest, 1, index(rest, "]") - 1)
	return rest == "" ? 0 : split(rest, out, ",")
}

# Sorts values 1 to n in place (Shell's gaps after Ciura: awk has no sort).
function sort(values, n,    gaps, g, gap, i, j, v) {
	g = split("701 301 132 57 23 10 4 1", gaps, " ")
	for (gap = 1; gap <= g; gap++)
		for (i = gaps[gap] + 1; i <= n; i++) {
			v = values[i] + 0
			for (j = i; j > gaps[gap] && values[j - gaps[gap]] > v; j -= gaps[gap])
				values[j] = values[j - gaps[gap]]
			values[j] = v
		}
}

# The median of values 1 to n, which are left sorted.
function median(values, n) {
	sort(values, n)
	return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
}
