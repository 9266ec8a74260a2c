package reports_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports"
)

func TestParseBound(t *testing.T) {
	for text, want := range map[string]reports.Bound{
		"p50>5%":        {Quantile: 0.5, Share: 0.05},
		"p99.9>3.1%":    {Quantile: 0.999, Share: 0.031},
		"p50<-5%":       {Quantile: 0.5, Share: 0.05, Faster: true},
		" p90 > 10 % ":  {Quantile: 0.9, Share: 0.1},
		"p75 < -99.9 %": {Quantile: 0.75, Share: 0.999, Faster: true},
		"p50>0%":        {Quantile: 0.5},
		"p0.1>250%":     {Quantile: 0.001, Share: 2.5},
		"p99.999>1000%": {Quantile: 0.99999, Share: 10},
	} {
		got, err := reports.ParseBound(text)
		if err != nil || got != want {
			t.Errorf("%q is %v, %v, want %v", text, got, err, want)
		}
		if again, err := reports.ParseBound(got.String()); err != nil || again != got {
			t.Errorf("%q is written %v, which is %v, %v", text, got, again, err)
		}
	}
	for _, text := range []string{
		"", "p99", "p99>", "p99>10", "p99>0.1", "p99>ten%", "99>10%", "p>10%", "q99>10%", "P99>10%", "p0>1%", "p100>1%", "p101>1%", "p99.99999999999999999>1%",
		"p50>=5%", "p50<5%", "p50>-5%", "p50>+5%", "p50<--5%", "p50<-100%", "p50<-1e1%", "p50>NaN%", "p50>Inf%", "pNaN>1%", "p5_0>1%", "p0x1>1%", "p50>5%%", "p50>5%,p99>5%",
		"p50>" + strings.Repeat("9", 400) + "%", "p" + strings.Repeat("9", 400) + ">1%", "p50\n>5%", "\u0660p50>5%",
	} {
		b, err := reports.ParseBound(text)
		if err == nil {
			t.Errorf("%q is %v", text, b)
		} else if !strings.Contains(err.Error(), "such as 'p") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v: want one line with an example", text, err)
		}
	}
}

// A bound is broken where the whole interval is beyond it, and only there.
func TestBounds(t *testing.T) {
	c := changesOf(t, before(t), after(t), "p50>10%", "p50>29%", "p50>100%", "p50<-10%", "p50<-22%", "p99.9>1%")
	pipe, event := "pipe-eof, cross-cpu, launcher clone, namespaces uts+ipc, hold 200us, first release (cold): ", "eventfd, cross-cpu, launcher clone, namespaces uts+ipc, hold 200us, first release (cold): "
	wantBroken := []string{"p50>10%: " + pipe, "p50<-10%: " + event}
	wantUnsure := []string{"p50>29%: " + pipe, "p50<-22%: " + event, "p99.9>1%: cannot be held against 4 of 4 series, for want of an interval: spin, futex, eventfd, pipe-eof (cross-cpu, "}
	for _, test := range []struct{ got, want []string }{{c.Broken(), wantBroken}, {c.Unsure(), wantUnsure}} {
		if !slices.EqualFunc(test.got, test.want, strings.HasPrefix) {
			t.Fatalf("(-want +got):\n%s", cmp.Diff(test.want, test.got))
		}
	}
	for _, line := range c.Unsure()[:2] {
		if !strings.Contains(line, " times as long would be beyond, but the interval reaches back to ") {
			t.Error(line)
		}
	}
	if last := c.Unsure()[2]; !strings.HasSuffix(last, " valid samples in each run: raise --iterations") {
		t.Error(last)
	}
}

// What has no ratio cannot break a bound, however many samples there are.
func TestBoundOnTimesOfZero(t *testing.T) {
	run := draw(t, 1, nil, sampled{"pipe-eof", 0, 500})
	run.Series[0].Release.Sorted()[0] = 0
	c := changesOf(t, run, run, "p50>0%")
	if got := c.Unsure(); len(got) != 1 || !strings.Contains(got[0], "a time that is not above 0 has no ratio") {
		t.Error(got)
	}
	if c.Broken() != nil {
		t.Error(c.Broken())
	}
}

// By chance alone a bound of no change at all is broken in 2.5 % of comparisons at
// most, of however many series, though the values of a run depend on each other.
func TestBoundsAreSeldomBrokenByChance(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	dependent := func() *stat.Sample {
		values, at := make([]float64, 1200), rng.NormFloat64()
		for i := range values {
			at = 0.4*at + math.Sqrt(1-0.4*0.4)*rng.NormFloat64()
			values[i] = math.Exp(at)
		}
		return stat.NewSample(values, nil)
	}
	run := func() reports.Run {
		all := reports.Run{}
		for _, s := range under(usual(), "pipe-eof", "futex", "eventfd", "sigwait") {
			all.Series = append(all.Series, reports.Series{Series: s, Stage: reports.StageFirst, Kind: reports.KindHeld, Release: dependent()})
		}
		return all
	}
	const comparisons = 400
	bounds := []reports.Bound{bound(t, "p50>0%"), bound(t, "p90>0%"), bound(t, "p50<-0%"), bound(t, "p90<-0%")}
	broken := make(map[string]int)
	for range comparisons {
		c, err := reports.Between(run(), run(), 0.02, bounds)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range bounds {
			if slices.ContainsFunc(c.Broken(), func(line string) bool { return strings.HasPrefix(line, b.String()+":") }) {
				broken[b.String()]++
			}
		}
	}
	t.Log(broken)
	// Ten are expected of 400; more than eighteen would come in one of a hundred.
	for b, n := range broken {
		if n > 18 {
			t.Errorf("%s is broken in %d of %d comparisons", b, n, comparisons)
		}
	}
}
