package reports_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
	"pgregory.net/rapid"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

// A percentile is one line of a distribution.
type percentile struct {
	value, at float64
	count     int
	inverted  float64
	drawn     bool // by the plotter
}

// plotted reads a distribution as HdrHistogram's plotter does (appendDataSeries
// in GoogleChartsExample/plotFiles.html of HdrHistogram): each line is cut at
// blanks, and one that is no comment and has four fields is a point if the first
// and the last begin with a number. It also returns the lines that are none.
func plotted(t *testing.T, text string) (points []percentile, others []string) {
	t.Helper()
	blanks, leading := regexp.MustCompile(` +`), regexp.MustCompile(`^([0-9]+\.?[0-9]*|Infinity)`)
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		fields := blanks.Split(line, -1)
		if strings.HasPrefix(line, "#") || len(fields) != 4 || !leading.MatchString(fields[0]) {
			others = append(others, line)
			continue
		}
		p := percentile{drawn: leading.MatchString(fields[3])}
		for i, to := range map[int]*float64{0: &p.value, 1: &p.at, 3: &p.inverted} {
			var err error
			if *to, err = strconv.ParseFloat(fields[i], 64); err != nil {
				t.Fatalf("line %q: %v", line, err)
			}
		}
		p.count, _ = strconv.Atoi(fields[2])
		points = append(points, p)
	}
	return points, others
}

// distributionOf writes the distribution of one made-up series.
func distributionOf(t *testing.T, times []int64) string {
	t.Helper()
	block := &result.Block{}
	for _, ns := range times {
		b := one(0, ns)
		block.Stage, block.HoldNS, block.ReleaseNS = append(block.Stage, 1), append(block.HoldNS, b.HoldNS...), append(block.ReleaseNS, ns)
		block.SignalNS, block.WaitCPUNS = append(block.SignalNS, 1), append(block.WaitCPUNS, 1)
		block.Voluntary, block.Involuntary = append(block.Voluntary, 1), append(block.Involuntary, 0)
		block.ParentCPU, block.ChildCPU = append(block.ParentCPU, 0), append(block.ChildCPU, 1)
		block.CloneNS, block.StartupNS, block.CycleNS = append(block.CloneNS, 1), append(block.StartupNS, 1), append(block.CycleNS, 1)
	}
	all := reports.Distributions(gather(t, encode(t, planned(1, "pipe-eof"), block)))
	if len(all) != 1 || all[0].N != len(times) {
		t.Fatalf("distributions %+v", all)
	}
	var out bytes.Buffer
	if err := all[0].Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// latencies draws times that are skewed, with ties.
func latencies(n int, seed uint64) []int64 {
	rng := rand.New(rand.NewPCG(seed, 1))
	times := make([]int64, n)
	for i := range times {
		times[i] = int64(5000*math.Exp(rng.NormFloat64())) / 50 * 50
	}
	return times
}

// What the plotter draws goes up to the last sample but one line, which is 100 %.
func TestDistributionIsPlotted(t *testing.T) {
	times := latencies(1500, 7)
	points, others := plotted(t, distributionOf(t, times))
	want := []string{"#[Release latency in us: pipe-eof, cross-cpu, first release (cold)]", "Value     Percentile TotalCount 1/(1-Percentile)", ""}
	if !slices.Equal(others[:3], want) {
		t.Errorf("begins with %q", others[:3])
	}
	slices.Sort(times)
	for i, p := range points {
		last := i == len(points)-1
		if p.drawn == last {
			t.Errorf("line %d of %d: drawn %v", i, len(points), p.drawn)
		}
		if i > 0 && (p.value < points[i-1].value || p.at <= points[i-1].at || p.count < points[i-1].count) {
			t.Errorf("line %d, %v, goes back from %v", i, p, points[i-1])
		}
		if rank := max(1, int(math.Ceil(p.at*1500-1e-6))); math.Round(p.value*1000) != float64(times[rank-1]) {
			t.Errorf("line %d: %v us at %v, the sample is %d ns", i, p.value, p.at, times[rank-1])
		}
		if !last && math.Abs(p.inverted-1/(1-p.at)) > 0.005+p.inverted/1e6 {
			t.Errorf("line %d: %v at %v", i, p.inverted, p.at)
		}
	}
	last := points[len(points)-1]
	if last.at != 1 || !math.IsInf(last.inverted, 1) || last.count != 1500 || last.value*1000 != float64(times[1499]) {
		t.Errorf("ends with %v", last)
	}
	var mean, deviation, most float64
	var n, buckets, places int
	_, err := fmt.Sscanf(strings.Join(others[3:], "\n"), "#[Mean = %f, StdDeviation = %f]\n#[Max = %f, Total count = %d]\n#[Buckets = %d, SubBuckets = %d]",
		&mean, &deviation, &most, &n, &buckets, &places)
	if err != nil || n != 1500 || most != last.value || mean < 5 || mean > most || deviation <= 0 || buckets != 1 || float64(places) <= most*1000 {
		t.Errorf("%v: %q", err, others[3:])
	}
}

// The plotter takes the percentiles of one file for those of all, line by line.
func TestDistributionsShareTheirTicks(t *testing.T) {
	few, _ := plotted(t, distributionOf(t, latencies(37, 1)))
	many, _ := plotted(t, distributionOf(t, latencies(5000, 2)))
	few = few[:len(few)-1] // the last is not drawn
	if len(few) < 20 || len(many) <= len(few) {
		t.Fatalf("%d and %d lines", len(few), len(many))
	}
	for i, p := range few {
		if p.inverted != many[i].inverted {
			t.Errorf("line %d is at %v and at %v", i, p.at, many[i].at)
		}
	}
}

// Line by line it is what HdrHistogram makes of the same values, but that a value
// there is the upper end of a bucket, and its count that of the bucket.
func TestDistributionAgreesWithHdrHistogram(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		times := latencies(rapid.IntRange(1, 3000).Draw(rt, "n"), rapid.Uint64().Draw(rt, "seed"))
		histogram := hdrhistogram.New(1, 1e10, 3)
		for _, ns := range times {
			if err := histogram.RecordValue(ns); err != nil {
				rt.Fatal(err)
			}
		}
		var theirs bytes.Buffer
		if _, err := histogram.PercentilesPrint(&theirs, 5, 1000); err != nil {
			rt.Fatal(err)
		}
		ours, footer := plotted(t, distributionOf(t, times))
		want, wantFooter := plotted(t, theirs.String())
		for i, p := range ours {
			if i == len(want)-1 && i < len(ours)-1 {
				break // the bucket of the greatest value holds others
			}
			w := want[i]
			if math.Abs(p.at-w.at) > 1e-6 && w.at < 1 || p.value > w.value || w.value > p.value*1.001+0.001 || p.count > w.count {
				rt.Fatalf("line %d: %+v, HdrHistogram has %+v", i, p, w)
			}
		}
		last, wantLast := ours[len(ours)-1], want[len(want)-1]
		if last.at != 1 || wantLast.at != 1 || last.count != wantLast.count || wantLast.value > last.value*1.001+0.001 {
			rt.Fatalf("last line: %+v, HdrHistogram has %+v", last, wantLast)
		}
		near(rt, footer[3:], wantFooter[len(wantFooter)-4:])
	})
}

var figure = regexp.MustCompile(`(Mean|StdDeviation|Max|Total count) += +([0-9.]+)`)

// near compares the figures of two footers.
func near(t *rapid.T, ours, theirs []string) {
	a, b := figure.FindAllStringSubmatch(strings.Join(ours, "\n"), -1), figure.FindAllStringSubmatch(strings.Join(theirs, "\n"), -1)
	if len(a) != 4 || len(b) != 4 {
		t.Fatalf("footers %q and %q", ours, theirs)
	}
	for i := range a {
		x, _ := strconv.ParseFloat(a[i][2], 64)
		y, _ := strconv.ParseFloat(b[i][2], 64)
		if a[i][1] != b[i][1] || math.Abs(x-y) > 0.002*(x+y)+0.02 {
			t.Errorf("%s %v, HdrHistogram has %s %v", a[i][1], x, b[i][1], y)
		}
	}
}

func TestDistributionNamesAreFiles(t *testing.T) {
	safe := regexp.MustCompile(`^[a-z0-9_][a-z0-9_-]*\.hgrm$`)
	for name, record := range map[string][]byte{
		"hostile": hostile(t),
		"twice":   slices.Repeat(encode(t, planned(1, "a", "A", "a-2", "日本"), one(0, 5), end(1, 1)), 2),
	} {
		seen := make(map[string]bool)
		for _, d := range reports.Distributions(gather(t, record)) {
			if seen[d.Name] || !safe.MatchString(d.Name) || len(d.Name) > 220 {
				t.Errorf("%s: name %q", name, d.Name)
			}
			seen[d.Name] = true
		}
		if len(seen) < 6 {
			t.Errorf("%s: %d distributions", name, len(seen))
		}
	}
}
