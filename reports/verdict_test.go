package reports_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

// A crowd is the first releases of one primitive.
type crowd struct {
	primitive string
	release   []int64
}

// around is a crowd of n values close to ns.
func around(primitive string, ns int64, n int) crowd {
	c := crowd{primitive: primitive}
	for i := range n {
		c.release = append(c.release, ns+int64(i*2%5)) // in which neighbours do not resemble each other
	}
	return c
}

func verdict(t *testing.T, crowds ...crowd) []string {
	t.Helper()
	return reports.Verdict(gather(t, crowded(t, crowds...)).Runs[0])
}

// crowded is a run of crowds, with a release of each a round.
func crowded(t *testing.T, crowds ...crowd) []byte {
	t.Helper()
	head := planned(1)
	var blocks []result.Record
	for i, c := range crowds {
		head.Plan.Series = append(head.Plan.Series, planned(1, c.primitive).Plan.Series...)
		for round, ns := range c.release {
			b := one(i, ns)
			b.Round = round
			blocks = append(blocks, b)
		}
	}
	return encode(t, append([]result.Record{head}, blocks...)...)
}

func TestVerdict(t *testing.T) {
	for name, c := range map[string]struct {
		crowds []crowd
		says   []string
		not    []string
	}{
		"loses": {
			[]crowd{around("pipe-eof", 2000, 20), around("futex", 1000, 20), around("sigwait", 9000, 20)},
			[]string{"On cross-cpu,", "pipe-eof takes 2.00us", "futex, the fastest blocking primitive, takes 1.00us", "pipe-eof takes 2.00 times as long ("},
			[]string{"sigwait", "no winner", "least"},
		},
		"wins": {
			[]crowd{around("pipe-eof", 1000, 20), around("futex", 3000, 20)},
			[]string{"the least of the blocking primitives: futex, the next, takes 3.00us", "3.00 times as long ("},
			[]string{"no winner"},
		},
		"the same": {
			[]crowd{around("pipe-eof", 1000, 20), around("futex", 1001, 20)},
			[]string{"futex, the fastest other blocking primitive", "the same to within 2.0% (1.00 times, 1.00-1.00)"},
			[]string{"times as long", "least"},
		},
		"no winner": {
			[]crowd{around("pipe-eof", 1000, 20), {"futex", slices.Repeat([]int64{800, 1300}, 10)}},
			[]string{"futex, the fastest other blocking primitive", "so this run names no winner of the two by more than 2.0%; it would have told a difference of"},
			[]string{"least"},
		},
		"too few rounds": {
			[]crowd{around("pipe-eof", 1000, 7), around("futex", 500, 7)},
			[]string{"This run names no winner of the two: too few rounds with values of both: 7, and it takes 8."},
			[]string{"times as long", "least"},
		},
		"polling is faster": {
			[]crowd{around("pipe-eof", 20000, 20), around("spin", 100, 20), around("futex", 30000, 20)},
			[]string{"The fastest of all, spin, takes 102ns", "burned 45ms of CPU time for each second of its wait", "pipe-eof takes 196 times as long (1"},
			nil,
		},
		"polling is slower": {
			[]crowd{around("pipe-eof", 1000, 20), around("spin", 5000, 20), around("futex", 2000, 20)},
			[]string{"Not even spin"},
			[]string{"fastest of all"},
		},
		"polling ties": {
			[]crowd{around("pipe-eof", 1000, 20), around("spin", 1000, 20)},
			[]string{"no other blocking primitive", "The fastest that spins, spin, takes as long to within 2.0%"},
			[]string{"fastest of all", "Not even"},
		},
		"polling is beaten by blocking": {
			[]crowd{around("pipe-eof", 3000, 20), around("spin", 2000, 20), around("futex", 1000, 20)},
			[]string{"futex, the fastest blocking primitive"},
			[]string{"spin"},
		},
		"alone": {
			[]crowd{around("pipe-eof", 1000, 20)},
			[]string{"no other blocking primitive has a median"},
			[]string{"times", "winner"},
		},
		"too few": {
			[]crowd{around("pipe-eof", 1000, 3), around("futex", 1, 20)},
			[]string{"3 valid first releases, too few"},
			[]string{"futex"},
		},
		"rival has too few": {
			[]crowd{around("pipe-eof", 1000, 20), around("futex", 1, 3)},
			[]string{"no other blocking primitive has a median"},
			[]string{"futex"},
		},
		"no valid sample": {
			[]crowd{{primitive: "pipe-eof"}, around("futex", 1, 20)},
			[]string{"no valid first release, so nothing can be said"},
			[]string{"futex"},
		},
		"rival takes no time": {
			[]crowd{around("pipe-eof", 1000, 20), {"futex", slices.Repeat([]int64{0}, 20)}},
			[]string{"no winner of the two: times of nothing have no ratio."},
			[]string{"Inf", "NaN"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			all := verdict(t, c.crowds...)
			if len(all) != 1 {
				t.Fatalf("%d verdicts: %q", len(all), all)
			}
			for _, part := range c.says {
				if !strings.Contains(all[0], part) {
					t.Errorf("does not say %q: %s", part, all[0])
				}
			}
			for _, part := range c.not {
				if strings.Contains(all[0], part) {
					t.Errorf("says %q: %s", part, all[0])
				}
			}
		})
	}
}

// A baseline that spins is not one of those that block.
func TestVerdictOfABaselineThatSpins(t *testing.T) {
	head := planned(1, "spin", "futex", "pipe-eof")
	head.Plan.Baseline = "spin"
	records := []result.Record{head}
	for round := range 20 {
		for i, ns := range []int64{100, 3000, 4000} {
			b := one(i, ns+int64(round*2%5))
			b.Round = round
			records = append(records, b)
		}
	}
	got := reports.Verdict(gather(t, encode(t, records...)).Runs[0])[0]
	if !strings.Contains(got, "by spin takes 102ns (95 % interval ") || !strings.Contains(got, "and takes less than any that blocks: futex, the fastest of those, takes 3.00us") {
		t.Error(got)
	}
}

// Among many, where pipe-eof stands is told, too: the fastest of many was
// lucky.
func TestVerdictAmongMany(t *testing.T) {
	among := func(faster, equal, slower int) []crowd {
		crowds := []crowd{around("pipe-eof", 2000, 40), around("spin", 100, 40), around("none", 1, 2)}
		for i := range faster {
			crowds = append(crowds, around("f"+strconv.Itoa(i), 1000, 40))
		}
		for i := range equal {
			crowds = append(crowds, around("e"+strconv.Itoa(i), 2001, 40))
		}
		for i := range slower {
			crowds = append(crowds, around("s"+strconv.Itoa(i), 3000, 40))
		}
		return crowds
	}
	for want, crowds := range map[string][]crowd{
		"1 is faster than pipe-eof, 7 are slower, none is the same, and none is too close to tell.":    among(1, 0, 7),
		"none is faster than pipe-eof, 1 is slower, 8 are the same, and none is too close to tell.":    among(0, 8, 1),
		"20 are faster than pipe-eof, none is slower, 2 are the same, and none is too close to tell. ": among(20, 2, 0),
	} {
		got := verdict(t, crowds...)[0] + " "
		if !strings.Contains(got, "Of the other blocking primitives with a median, "+want) {
			t.Errorf("does not say %q: %s", want, got)
		}
	}
	if got := verdict(t, among(2, 2, 3)...)[0]; strings.Contains(got, "Of the other") {
		t.Errorf("counts what a reader sees at once: %s", got)
	}
}

func TestVerdictIsSilentWithoutPipeEOF(t *testing.T) {
	if got := verdict(t, around("futex", 1000, 20), around("spin", 10, 20)); got != nil {
		t.Errorf("%q", got)
	}
}

// What is measured under one placement says nothing of another.
func TestVerdictKeepsConditionsApart(t *testing.T) {
	head := planned(1, "pipe-eof", "futex")
	head.Plan.Series[1].Placement = "same-cpu"
	records := []result.Record{head}
	for range 10 {
		records = append(records, one(0, 9000), one(1, 10))
	}
	got := reports.Verdict(gather(t, encode(t, records...)).Runs[0])
	if len(got) != 1 || strings.Contains(got[0], "futex") {
		t.Errorf("%q", got)
	}
}
