package reports

import (
	"math"
	"slices"

	"github.com/nsbench/nsbench/bench/stat"
)

// A hosts value is the runs of a report side by side: the same primitive, under the
// same conditions, on each host that has it.
//
// What is compared across hosts is first of all the multiple of the baseline that
// each run has of its own, taken round by round: what a host does to all of its
// primitives alike is not in it. The ratio of two hosts' medians is there as well,
// and is worth less; see caveat.
type hosts struct {
	runs   []Run
	labels []string // of the runs, in their order: no two are equal, and all are fit to be shown
	sets   []hostSet
	alone  []hostOnly
	terms  stat.Terms // of the ratios between hosts
}

// A hostSet is the runs that have one set of conditions, stage and kind.
type hostSet struct {
	setting
	vary   variety
	runs   []int   // their places in the report, ascending, two at least
	groups []group // that they have of it, in the same order
	rows   []hostRow
}

// A hostRow is one primitive on each of the hosts of a set.
type hostRow struct {
	primitive, family string
	figures           []hostFigure // one for each of the set's runs
}

// A hostFigure is what one host has of a primitive.
type hostFigure struct {
	at int // the place of the series in its run, below 0 where the run has none
	Series

	// ratio is the median over that on the first host of the set. It is not known
	// of that one itself, nor where one of the two is missing.
	ratio stat.QuantileRatio
}

func (f hostFigure) there() bool { return f.at >= 0 }

// A hostOnly is the series of conditions that no other run has.
type hostOnly struct {
	run    int
	series []Series
}

// hostsOf sets the runs of a report side by side, nil where there are not two.
// It does not depend on the order of the runs what figures a primitive has, but
// for the ratios, which are to the first.
func hostsOf(rep *Report) *hosts {
	measured := 0
	for _, run := range rep.Runs {
		measured += yes(run.HasSeries())
	}
	if measured < 2 { // matrices stand one below the other, under their hosts
		return nil
	}
	h := &hosts{runs: rep.Runs, labels: hostLabels(rep.Runs)}
	h.match()
	h.compare()
	return h
}

// match finds the conditions that runs have in common. They are in the order of
// the first run that has them.
func (h *hosts) match() {
	var all []hostSet
	places := make(map[setting]int)
	for i, run := range h.runs {
		for _, g := range groups(run) {
			k := g.setting
			k.namespaces = namespacesTyped(k.namespaces) // as a set, see [KeyOf]
			if _, known := places[k]; !known {
				all = append(all, hostSet{setting: k})
			}
			appear(places, k)
			all[places[k]].add(i, g)
		}
	}
	alone := make([]hostOnly, len(h.runs))
	for _, s := range all {
		s.fill(h.runs)
		if s.shared() {
			h.sets = append(h.sets, s)
			continue
		}
		for k, i := range s.runs {
			alone[i].series = append(alone[i].series, s.groups[k].series...)
		}
	}
	for i, only := range alone {
		if only.series != nil {
			h.alone = append(h.alone, hostOnly{i, only.series})
		}
	}
	h.name()
}

// name has the sets vary in what tells them from each other.
func (h *hosts) name() {
	plan := h.runs[0].Header.Plan
	plan.Series = nil
	for _, s := range h.sets {
		plan.Series = append(plan.Series, s.groups[0].series[0].Series)
	}
	vary := varietyOf(plan)
	for i := range h.sets {
		h.sets[i].vary = vary
		for k := range h.sets[i].groups {
			h.sets[i].groups[k].vary = vary
		}
	}
}

// title names the conditions of a set, and the moment.
func (s *hostSet) title() string { return s.groups[0].title() }

// add takes a group of a run. A run that writes one set of namespaces in two ways,
// which nsbench does not, has one group of it here.
func (s *hostSet) add(run int, g group) {
	if n := len(s.runs); n > 0 && s.runs[n-1] == run {
		s.groups[n-1].series = append(slices.Clone(s.groups[n-1].series), g.series...)
		return
	}
	s.runs, s.groups = append(s.runs, run), append(s.groups, g)
}

// fill makes a row of each primitive. They are in the order of the first run, and
// what it lacks follows the last of its family. If a run has one several
// times, which nsbench does not record, the first goes with the first.
func (s *hostSet) fill(runs []Run) {
	type nth struct {
		primitive string
		n         int
	}
	rows := make(map[nth]*hostRow)
	var order []*hostRow
	for k, g := range s.groups {
		seen := make(map[string]int)
		for _, one := range g.series {
			key := nth{one.Primitive, seen[one.Primitive]}
			seen[one.Primitive]++
			row := rows[key]
			if row == nil {
				row = &hostRow{primitive: one.Primitive, family: one.Family, figures: make([]hostFigure, len(s.runs))}
				for i := range row.figures {
					row.figures[i] = hostFigure{at: -1, ratio: noRatio}
				}
				rows[key], order = row, placed(order, row)
			}
			row.figures[k] = hostFigure{at: seriesAt(runs[s.runs[k]], one, key.n), Series: one, ratio: noRatio}
		}
	}
	for _, row := range order {
		s.rows = append(s.rows, *row)
	}
}

// noRatio is one that is not known.
var noRatio = stat.QuantileRatio{Q: 0.5, Ratio: math.NaN(), Interval: stat.Interval{Lo: math.NaN(), Hi: math.NaN()}}

// placed puts a row behind the last of its family, or of all.
func placed(all []*hostRow, row *hostRow) []*hostRow {
	for i, other := range slices.Backward(all) {
		if other.family == row.family {
			return slices.Insert(all, i+1, row)
		}
	}
	return append(all, row)
}

// seriesAt is where a run has the n-th series of a key.
func seriesAt(run Run, of Series, n int) int {
	key := KeyOf(of)
	for i, s := range run.Series {
		if s.Primitive != of.Primitive || KeyOf(s) != key {
			continue
		}
		if n == 0 {
			return i
		}
		n--
	}
	return -1
}

// shared tells whether two hosts have some primitive of the set.
func (s *hostSet) shared() bool {
	return slices.ContainsFunc(s.rows, func(row hostRow) bool { return row.hosts() > 1 })
}

// hosts counts those that have the primitive.
func (r hostRow) hosts() int {
	n := 0
	for _, f := range r.figures {
		n += yes(f.there())
	}
	return n
}

// compare takes the ratio of each host to the first of its set.
func (h *hosts) compare() {
	type pair struct{ of, to *hostFigure }
	var pairs []pair
	for _, s := range h.sets {
		for _, row := range s.rows {
			first := &row.figures[0]
			for k := 1; k < len(row.figures); k++ {
				if f := &row.figures[k]; first.there() && f.there() {
					pairs = append(pairs, pair{f, first})
				}
			}
		}
	}
	h.terms = stat.Terms{Threshold: h.runs[0].Threshold, Confidence: stat.Confidence, Comparisons: len(pairs)}
	inParallel(len(pairs), func(i int) {
		p := pairs[i]
		p.of.ratio = stat.RatioOf(p.of.judged(), p.to.judged(), 0.5, h.terms.Each())
	})
}

// noun is what the runs are: hosts, unless two of them are of one.
func (h *hosts) noun() string {
	seen := make(map[string]bool)
	for _, run := range h.runs {
		seen[run.Header.Environment.Host] = true
	}
	if len(seen) < len(h.runs) {
		return "run"
	}
	return "host"
}

// original is for each run the first that is the same run: its own place, unless
// a record was given twice.
func (h *hosts) original() []int {
	all := make([]int, len(h.runs))
	for i, run := range h.runs {
		all[i] = slices.IndexFunc(h.runs, func(other Run) bool { return sameRunAs(other, run) })
	}
	return all
}

// distinct are the places in a set whose runs are not others of it once more.
func (h *hosts) distinct(s hostSet) []int {
	original := h.original()
	var all, seen []int
	for k, i := range s.runs {
		if !slices.Contains(seen, original[i]) {
			all, seen = append(all, k), append(seen, original[i])
		}
	}
	return all
}

// baseline is what all runs of a set compare with, none where they do not agree,
// and where fewer than two have it.
func (s *hostSet) baseline() (name string, ok bool) {
	have := 0
	for _, g := range s.groups {
		if g.baseline != s.groups[0].baseline {
			return "", false
		}
		_, own := g.own()
		have += yes(own)
	}
	return s.groups[0].baseline, have > 1
}
