package main

import (
	"slices"

	"github.com/nsbench/nsbench/bench/result"
)

// firsts are the valid first releases of a series. Those that came before the
// wait (early) are a kind of their own, as in reports. Where children are
// released together, one value stands for all of a group, the middle one: they
// are not independent, and many of one group tell little more of the median than
// one.
type firsts struct{ held, early times }

// A times is values in ns, in the order in which they were measured, and for each
// round how many there were at its end.
type times struct {
	values []float64
	ends   []int
}

func (t *times) add(ns int64) { t.values = append(t.values, float64(ns)) }

func (t *times) endRound() { t.ends = append(t.ends, len(t.values)) }

func (f *firsts) endRound() {
	f.held.endRound()
	f.early.endRound()
}

// most is the kind that most releases are of: one that turns up once in a
// thousand would keep a run from ever ending.
func (f *firsts) most() *times {
	if len(f.early.values) > len(f.held.values) {
		return &f.early
	}
	return &f.held
}

// add adds the first releases of a block.
func (f *firsts) add(b *result.Block, children, stages int) {
	valid := validSamples(b)
	if children > 1 {
		f.addGroups(b, valid, children, stages)
		return
	}
	for i, ok := range valid {
		switch {
		case !ok || b.Stage[i] != 1:
		case result.Early(b.HoldNS[i]):
			f.early.add(b.ReleaseNS[i] + b.HoldNS[i]) // from arming to going on through the open gate
		default:
			f.held.add(b.ReleaseNS[i])
		}
	}
}

// addGroups adds a value for each group that is whole and of which every child
// counts.
func (f *firsts) addGroups(b *result.Block, valid []bool, children, stages int) {
	group := make([]int64, 0, children)
	for start := 0; start+children*stages <= len(valid); start += children * stages {
		group = group[:0]
		for i := start; i < start+children*stages; i += stages {
			if valid[i] && b.Stage[i] == 1 && !result.Early(b.HoldNS[i]) {
				group = append(group, b.ReleaseNS[i])
			}
		}
		if len(group) == children {
			slices.Sort(group)
			f.held.add(group[(children-1)/2])
		}
	}
}

// validSamples tells which samples of a block may enter a figure. A time below
// zero may not, marked or not: nobody goes on before he was released, nor before
// he has armed.
func validSamples(b *result.Block) []bool {
	valid := make([]bool, len(b.ReleaseNS))
	for i, ns := range b.ReleaseNS {
		valid[i] = ns >= 0 && (!result.Early(b.HoldNS[i]) || ns+b.HoldNS[i] >= 0)
	}
	for _, m := range b.Invalid {
		valid[m.Sample] = false
	}
	return valid
}
