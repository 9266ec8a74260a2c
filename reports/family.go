package reports

import "github.com/nsbench/nsbench/reports/plot"

// A family is the series of a group whose primitives are of one kind.
type family struct {
	name   string // fit to be shown
	series []Series
}

// crowded tells whether the group is too large to be taken in as one list. The
// pictures change their form at the same number.
func (g group) crowded() bool { return len(g.series) > plot.Few }

// families splits the series of a group, which are in order, where the family
// changes. It goes by the name in the record: two that look alike once they
// are cleaned stay two.
func (g group) families() []family {
	var all []family
	for i, s := range g.series {
		if i == 0 || s.Family != g.series[i-1].Family {
			all = append(all, family{name: familyName(s.Family)})
		}
		last := &all[len(all)-1]
		last.series = append(last.series, s)
	}
	return all
}
