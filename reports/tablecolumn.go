package reports

import (
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// A tableColumn is a column of the tables for a terminal. There a figure and what
// qualifies it are one cell, as they are read together: "5.95us (5.87-6.05us)",
// "0.81x faster". Two columns of a page are one here, and take less room.
type tableColumn struct {
	name string // what it is called where columns are spoken of
	head tableCell
	left bool // a name, not a figure
	cell func(g group, s Series) tableCell
}

// A tableCell is a figure, which stands to the right so that a column of them can
// be read down, and what follows it, which stands to the left. Names have only the
// latter.
type tableCell struct {
	figure, rest string
	as           shade
}

// The columns that only a terminal has, or that it has in a form of its own.
const (
	columnHistogram = "histogram"
	columnBounded   = "95% of p50" // of the median that it qualifies, in one cell
)

// tableColumns lists the columns of a run on a terminal. Their names are those of
// the page, but for the median's and the ratio's.
func tableColumns(run Run, opt TableOptions) []tableColumn {
	all := []tableColumn{
		lettered("primitive", func(_ group, s Series) string { return word(s.Primitive) }),
		lettered(columnFamily, func(_ group, s Series) string { return familyName(s.Family) }),
	}
	for _, name := range []string{columnCount, columnInvalid, "min", columnMedian, "p90", "p99", "p99.9", "max", columnTimes, columnWithin, columnBurned} {
		at := slices.IndexFunc(columns, func(c column) bool { return c.name == name })
		switch of := columns[at]; {
		case name == columnMedian:
			all = append(all, boundedMedian())
		case name == columnTimes && run.Comparisons > 0:
			all = append(all, ratioInWords(run.Baseline))
		case name == columnTimes || name == columnWithin && run.Comparisons == 0:
		default:
			all = append(all, tableColumn{name: name, head: tableCell{figure: name}, cell: func(g group, s Series) tableCell { return tableCell{figure: of.cell(g, s)} }})
		}
	}
	if axis, ok := axisOf(run); ok {
		all = append(all, histogram(axis, widestHistogram, opt))
	}
	return all
}

// lettered is a column of names.
func lettered(name string, value func(group, Series) string) tableColumn {
	return tableColumn{
		name: name, head: tableCell{rest: name}, left: true,
		cell: func(g group, s Series) tableCell { return tableCell{rest: value(g, s)} },
	}
}

// plainMedian is the column of the median without where it lies.
func plainMedian() tableColumn {
	return tableColumn{
		name: columnMedian, head: tableCell{figure: columnMedian},
		cell: func(_ group, s Series) tableCell { return tableCell{figure: plot.Time(s.Summary.P50)} },
	}
}

// boundedMedian is the same with it.
func boundedMedian() tableColumn {
	c := plainMedian()
	c.name, c.head.rest = columnBounded, "(95%)"
	c.cell = func(_ group, s Series) tableCell {
		cell := tableCell{figure: plot.Time(s.Summary.P50)}
		if s.Summary.P50Interval.Known() {
			cell.rest = "(" + span(s.Summary.P50Interval) + ")"
		}
		return cell
	}
	return c
}

// ratioInWords is the column of ratios to the baseline, each with what its interval
// says: "0.81x faster". It takes 0.81 times as long, as in all other reports:
// "1.23x faster" reads as well, and lost for being a second number for one thing.
func ratioInWords(baseline string) tableColumn {
	return tableColumn{
		name: columnTimes,
		head: tableCell{figure: columnTimes, rest: plot.Clean(baseline, 16)},
		cell: func(g group, s Series) tableCell {
			times := strings.TrimPrefix(timesBaseline(g, s), "~")
			if times == "-" {
				return tableCell{figure: times}
			}
			cell := tableCell{figure: times, rest: verdictOf(g, s)}
			switch stat.Verdict(cell.rest) {
			case stat.Faster:
				cell.as = shadeGood
			case stat.Slower:
				cell.as = shadeBad
			case stat.Inconclusive, "-": // the latter for want of an interval
				cell.rest, cell.as = string(stat.Inconclusive), shadeDoubt
			}
			return cell
		},
	}
}

// How many characters a histogram has: as many as there is room for.
const (
	widestHistogram    = 24
	middleHistogram    = 20
	narrowestHistogram = 16
)

// histogram is the column of histograms of so many characters.
func histogram(axis timeAxis, cells int, opt TableOptions) tableColumn {
	heights := []rune(blocks)
	if opt.ASCII {
		heights = []rune(ramp)
	}
	return tableColumn{
		name: columnHistogram, head: tableCell{rest: axis.head(cells)}, left: true,
		cell: func(_ group, s Series) tableCell { return tableCell{rest: axis.draw(s, cells, heights)} },
	}
}

// A sacrifice is what a narrow terminal makes of the columns it has.
type sacrifice func([]tableColumn) []tableColumn

// sacrifices are made one after another until the table fits. What stays the longest is
// what a primitive is chosen by: its median with where that lies, how it compares,
// its slow releases and what its waits cost. Invalid samples are counted below
// each table too, and where a group is crowded its families become headings.
func sacrifices(run Run, opt TableOptions) []sacrifice {
	all := []sacrifice{drop(columnInvalid), drop("min"), drop("p90"), drop("max"), drop(columnFamily), drop(columnCount), drop(columnWithin)}
	if axis, ok := axisOf(run); ok {
		for _, cells := range []int{middleHistogram, narrowestHistogram} {
			all = append(all, replace(columnHistogram, histogram(axis, cells, opt)))
		}
	}
	return append(all, drop(columnHistogram), drop("p99.9"), replace(columnBounded, plainMedian()), drop("p99"), drop(columnBurned), drop(columnTimes))
}

// drop goes without a column.
func drop(name string) sacrifice {
	return func(all []tableColumn) []tableColumn {
		return slices.DeleteFunc(slices.Clone(all), func(c tableColumn) bool { return c.name == name })
	}
}

// replace puts a narrower column in the place of another.
func replace(name string, narrower tableColumn) sacrifice {
	return func(all []tableColumn) []tableColumn {
		all = slices.Clone(all)
		if at := placeOf(all, name); at >= 0 {
			all[at] = narrower
		}
		return all
	}
}

// placeOf is where the column of a name is, and below 0 if there is none.
func placeOf(all []tableColumn, name string) int {
	return slices.IndexFunc(all, func(c tableColumn) bool { return c.name == name })
}

// markedAt is the column that shows the marks of a note on figures of another: that
// one, or the median, which every table has.
func markedAt(all []tableColumn, name string) int {
	for _, n := range []string{name, columnBounded, columnMedian} {
		if at := placeOf(all, n); at >= 0 {
			return at
		}
	}
	return 0
}

// dashes names the figures of which no series has any. The median is there even so:
// notes are marked at it.
func dashes(run Run, all []tableColumn) []string {
	var names []string
	for _, c := range all {
		if c.name != columnBounded && !slices.ContainsFunc(groups(run), func(g group) bool {
			return slices.ContainsFunc(g.series, func(s Series) bool { return c.left || c.cell(g, s).figure != "-" })
		}) {
			names = append(names, c.name)
		}
	}
	return names
}
