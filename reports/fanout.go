package reports

import (
	"slices"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/stat"
)

// A Fanout is how long it took until children that were released together went
// on: the first of a group, its middle one, and the last, each over all groups,
// from before the first operation that released any of them. Of a series that
// holds one child at a time, each child is a group.
type Fanout struct {
	Groups  int // that the figures are made of
	LeftOut int // groups that are not whole, or have a sample that is not valid or not from a wait

	First, Median, Last stat.Summary // ns
}

// A gatheredFan is the groups of a series at one stage.
type gatheredFan struct {
	first, middle, last []float64
	leftOut             int
}

// groups adds the groups of a block: so many children in a row, each of which
// passed all stages.
func (s *gatheredSeries) groups(b *result.Block, reasons []string, children, stages int) {
	for start := 0; start < len(reasons); {
		if len(reasons)-start < children || (len(reasons)-start)/children < stages {
			s.fans[0].leftOut++
			s.fans[1].leftOut += stages - 1
			return
		}
		for stage := range stages {
			fan := &s.fans[yes(stage > 0)]
			fan.add(together(b, reasons, start, stage, children, stages))
		}
		start += children * stages
	}
}

// together lists how long the children of the group that begins with the sample
// at start took at a stage, ascending. It is nil for one that cannot be used.
func together(b *result.Block, reasons []string, start, stage, children, stages int) []int64 {
	all := make([]int64, children)
	for child := range all {
		i := start + child*stages + stage
		if reasons[i] != "" || result.Early(b.HoldNS[i]) || b.Stage[i] != int64(stage+1) {
			return nil
		}
		all[child] = b.ReleaseNS[i]
	}
	slices.Sort(all)
	return all
}

func (f *gatheredFan) add(all []int64) {
	n := len(all)
	if n == 0 {
		f.leftOut++
		return
	}
	f.first = append(f.first, float64(all[0]))
	f.middle = append(f.middle, (float64(all[(n-1)/2])+float64(all[n/2]))/2)
	f.last = append(f.last, float64(all[n-1]))
}

// finish summarizes the groups of a series.
func (f *gatheredFan) finish(planned result.Series, s Series) *Fanout {
	if planned.Children <= 1 {
		return &Fanout{Groups: s.Summary.N, LeftOut: s.InvalidTotal(), First: s.Summary, Median: s.Summary, Last: s.Summary}
	}
	for _, times := range [][]float64{f.first, f.middle, f.last} {
		slices.Sort(times)
	}
	return &Fanout{
		Groups: len(f.last), LeftOut: f.leftOut,
		First: stat.Summarize(f.first), Median: stat.Summarize(f.middle), Last: stat.Summarize(f.last),
	}
}
