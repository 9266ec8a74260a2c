package reports_test

import (
	"math"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports"
)

// Where medians have no interval and ratios do, the ratios are what is told.
func TestVerdictByRatios(t *testing.T) {
	for name, c := range map[string]struct {
		without []string // a median
		crowds  []crowd
		says    string
	}{
		"loses": {
			[]string{"pipe-eof"},
			[]crowd{around("pipe-eof", 2000, 20), around("futex", 1000, 20), around("eventfd", 1500, 20)},
			"On cross-cpu, pipe-eof has 20 valid first releases, which depend on each other too much for a median with an interval, but it is compared round by round; " +
				"futex, the fastest blocking primitive by its ratio, takes 1.00us (95 % interval 1.00-1.00us), so that pipe-eof takes 2.00 times as long (",
		},
		"wins": {
			[]string{"pipe-eof", "futex"},
			[]crowd{around("pipe-eof", 1000, 20), around("futex", 3000, 20)},
			"compared round by round and takes the least of the blocking primitives: futex is the next by its ratio, 3.00 times as long (",
		},
		"rival without a median": {
			[]string{"futex"},
			[]crowd{around("pipe-eof", 2000, 20), around("futex", 1000, 20), around("eventfd", 1500, 20)},
			"pipe-eof takes 2.00us (95 % interval 2.00-2.00us); futex is the fastest blocking primitive by its ratio, so that pipe-eof takes 2.00 times as long (",
		},
		"the same": {
			[]string{"pipe-eof", "futex"},
			[]crowd{around("pipe-eof", 1000, 20), around("futex", 1001, 20)},
			"; futex is the fastest other blocking primitive by its ratio: the same to within 2.0% (1.00 times, 1.00-1.00).",
		},
		"spinning": {
			[]string{"pipe-eof", "spin"},
			[]crowd{around("pipe-eof", 1000, 20), around("spin", 100, 20)},
			"; no other blocking primitive is compared with it. The fastest of all by its ratio is spin, which burned ",
		},
		"not compared": {
			[]string{"pipe-eof"},
			[]crowd{around("pipe-eof", 1000, 7), around("futex", 100, 7)},
			"pipe-eof has 7 valid first releases, which depend on each other too much for a median with an interval, so nothing can be said of it.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			rep := gather(t, crowded(t, c.crowds...))
			for i, s := range rep.Runs[0].Series {
				for _, p := range c.without {
					if s.Primitive == p {
						rep.Runs[0].Series[i].Summary.P50 = math.NaN()
						rep.Runs[0].Series[i].Summary.P50Interval = stat.Interval{Lo: math.NaN(), Hi: math.NaN()}
					}
				}
			}
			got := reports.Verdict(rep.Runs[0])
			if len(got) != 1 || !strings.Contains(got[0], c.says) {
				t.Errorf("got %q,\nwant %q", got, c.says)
			}
			if strings.Contains(got[0], "NaN") || strings.Contains(got[0], "takes -") {
				t.Error("a figure that there is none of")
			}
		})
	}
}
