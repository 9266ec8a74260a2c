package reports

import (
	"fmt"
	"testing"

	"github.com/nsbench/nsbench/bench/result"
)

// reportOf is a report of one run of families of the given sizes, the first of
// which begins with the baseline.
func reportOf(sizes ...int) *Report {
	run := Run{Baseline: usualBaseline}
	for f, size := range sizes {
		for i := range size {
			s := result.Series{Primitive: fmt.Sprintf("%d-%d", f, i), Family: fmt.Sprint(f)}
			if f == 0 && i == 0 {
				s.Primitive = usualBaseline
			}
			run.Header.Plan.Series = append(run.Header.Plan.Series, s)
			run.Series = append(run.Series, Series{Series: s, Stage: StageFirst})
		}
	}
	return &Report{Runs: []Run{run}}
}

// The palette has seven colours, and the seventh is the ink.
const colors, ink = 7, 6

// Among many, the baseline alone is drawn in ink, six of a family have a colour
// each, and no two of a family look the same.
func TestStylesOfMany(t *testing.T) {
	rep := reportOf(4, 7, 13, 1, 15)
	styles := stylesOf(rep)
	looks := make(map[string]bool)
	for _, s := range rep.Runs[0].Series {
		style := styles[s.Primitive]
		if inked := style%colors == ink; inked != (s.Primitive == usualBaseline) {
			t.Errorf("%s has style %d", s.Primitive, style)
		}
		look := fmt.Sprint(s.Family, " ", style)
		if looks[look] {
			t.Errorf("family and style %s twice", look)
		}
		looks[look] = true
	}
	for i := range 6 {
		if got := styles[fmt.Sprintf("2-%d", i)] % colors; got != i {
			t.Errorf("member %d has colour %d", i, got)
		}
	}
}

// Few are numbered through, as the one pair of axes they share needs it.
func TestStylesOfFew(t *testing.T) {
	rep := reportOf(2, 3, 5)
	for i, s := range rep.Runs[0].Series {
		if got := stylesOf(rep)[s.Primitive]; got != i {
			t.Errorf("%s at %d has style %d", s.Primitive, i, got)
		}
	}
}
