package reports

import "github.com/nsbench/nsbench/reports/plot"

// A column is one figure of every series, under one name in every report.
type column struct {
	name string
	cell func(Series) string
}

// columns are the figures, in the order in which they are shown.
var columns = []column{
	{"primitive", func(s Series) string { return word(s.Primitive) }},
	{"n", func(s Series) string { return plot.Count(s.Summary.N) }},
	{"invalid", func(s Series) string { return plot.Count(s.InvalidTotal()) }},
	{"min", func(s Series) string { return plot.Time(s.Summary.Min) }},
	{"p50", func(s Series) string { return plot.Time(s.Summary.P50) }},
	{"95% of p50", func(s Series) string { return span(s.Summary.P50Interval) }},
	{"p90", func(s Series) string { return plot.Time(s.Summary.P90) }},
	{"p99", func(s Series) string { return plot.Time(s.Summary.P99) }},
	{"p99.9", func(s Series) string { return plot.Time(s.Summary.P999) }},
	{"max", func(s Series) string { return plot.Time(s.Summary.Max) }},
	{"cpu", func(s Series) string { return percent(s.WaitCPUShare) }},
}

// legend explains the columns, in sentences.
var legend = []string{
	"Times are release latencies: from just before the parent's release operation to just after the child's wait returned.",
	"Groups are in the order of the plan, primitives in that of the median first release. 95% of p50: where the median lies with 95 % confidence. cpu: CPU time the child used while it waited, as a share of the wait. invalid: samples left out of the figures.",
}
