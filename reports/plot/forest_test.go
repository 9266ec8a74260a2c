package plot_test

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/reports/plot"
)

var nan, inf = math.NaN(), math.Inf(1)

// ratios are those of a run as they are: one far from all others on either side,
// one wide, one without an interval, one not compared, and one not measured.
func ratios() plot.Ratios {
	return plot.Ratios{
		Title: "Release latency against pipe-eof, first release", Host: "vm-one", Placement: "cross-cpu",
		Baseline: "pipe-eof", Threshold: 0.02,
		Rows: []plot.Ratio{
			{Heading: "pipe", Name: "pipe-eof", Verdict: plot.Baseline, Ratio: 1, Lo: nan, Hi: nan, N: 1500},
			{Heading: "pipe", Name: "pipe-byte", Verdict: plot.Slower, Ratio: 1.043, Lo: 1.024, Hi: 1.062, N: 1500, Rounds: 60},
			{Heading: "eventfd", Name: "eventfd", Verdict: plot.Same, Ratio: 0.997, Lo: 0.985, Hi: 1.012, N: 1500, Rounds: 60},
			{Heading: "signal", Name: "sigwait", Verdict: plot.Inconclusive, Ratio: 1.03, Lo: 0.94, Hi: 1.6, N: 120, Rounds: 12},
			{Heading: "memory", Name: "spin", Verdict: plot.Faster, Ratio: 0.007, Lo: 0.0069, Hi: 0.0072, N: 1500, Rounds: 60},
			{Heading: "memory", Name: "futex", Verdict: plot.Faster, Ratio: 0.94, Lo: 0.92, Hi: 0.962, N: 1500, Rounds: 60},
			{Heading: "memory", Name: "poll-sleep", Verdict: plot.Slower, Ratio: 3.2, Lo: 3.1, Hi: 3.4, N: 1500, Rounds: 60},
			{Heading: "socket", Name: "unix-stream", Verdict: plot.Inconclusive, Ratio: 1.08, Lo: nan, Hi: nan, N: 90, Rounds: 9, Why: "too few rounds: 9"},
			{Heading: "file", Name: "flock", Ratio: nan, Lo: nan, Hi: nan, N: 20, Rounds: 2, Why: "too few rounds with values of both: 2, and it takes 8"},
			{Heading: "ipc", Name: "posix-mq", Ratio: nan, Lo: nan, Hi: nan},
		},
	}
}

// hosts are ratios of the same primitives on several hosts.
func hosts() plot.Ratios {
	f := ratios()
	f.Title, f.Host, f.Rows = "Release latency against pipe-eof, on three hosts", "", nil
	for i, primitive := range []string{"eventfd", "futex-waitv", "unix-seqpacket", "sigwait", "spin"} {
		for k, host := range []string{"vm-one", "metal-two", "arm-three"} {
			at := 0.8 + 0.13*float64(i) + 0.09*float64(k)
			r := plot.Ratio{Heading: primitive, Name: host, Verdict: plot.Inconclusive, Ratio: at, Lo: at * 0.97, Hi: at * 1.04, N: 10000, Rounds: 1000}
			switch {
			case r.Hi < 0.98:
				r.Verdict = plot.Faster
			case r.Lo > 1.02:
				r.Verdict = plot.Slower
			}
			f.Rows = append(f.Rows, r)
		}
	}
	return f
}

// oddRatios are those at which a careless chart divides by zero.
func oddRatios() plot.Ratios {
	evil := "\x1b[31m<b>evil</b>\x07\u202egnp\n\t" + strings.Repeat("W", 1<<20)
	return plot.Ratios{Title: evil, Host: evil, Placement: evil, Baseline: evil, Threshold: nan, Notes: []string{"A note."}, Rows: []plot.Ratio{
		{Heading: evil, Name: evil, Why: evil, Verdict: plot.Verdict(evil), Ratio: 1e308, Lo: 0, Hi: inf},
		{Heading: "far", Name: "zero", Ratio: 0, Lo: 0, Hi: 0},
		{Heading: "far", Name: "less", Ratio: -1, Lo: -2, Hi: 3},
		{Heading: "far", Name: "not finite", Ratio: inf, Lo: nan, Hi: 1},
		{Heading: "far", Name: "wide", Ratio: 1, Lo: 0, Hi: inf, Verdict: plot.Inconclusive, N: 10_000_000, Rounds: 1_000_000},
		{Heading: "far", Name: "tiny", Ratio: 5e-324, Lo: 5e-324, Hi: 5e-324, Verdict: plot.Faster},
		{Heading: "far", Name: "turned", Ratio: 1.01, Lo: 2, Hi: 0.5, Verdict: plot.Same},
		{Heading: "far", Name: "narrow", Ratio: 1.01, Lo: 1.01, Hi: 1.01, Verdict: plot.Same},
	}}
}

func TestGoldenOfForest(t *testing.T) {
	for name, f := range map[string]plot.Ratios{"forest": ratios(), "hosts-forest": hosts(), "edges-forest": oddRatios()} {
		d, err := plot.Forest(f)
		golden(t, name, d, err, false)
		if name == "forest" {
			golden(t, "dark-forest", d, err, true)
		}
	}
}

// Whatever the ratios, there is a picture of a size that a viewer takes, the
// same each time, and as an SVG.
func TestForestBeyondReason(t *testing.T) {
	if _, err := plot.Forest(plot.Ratios{}); !errors.Is(err, plot.ErrEmpty) {
		t.Errorf("error %v, want ErrEmpty", err)
	}
	many := ratios()
	for i := range 3000 {
		many.Rows = append(many.Rows, plot.Ratio{Heading: strconv.Itoa(i), Name: "s", Ratio: float64(i), Lo: 0.5, Hi: float64(i + 1)})
	}
	for name, f := range map[string]plot.Ratios{
		"many": many, "odd": oddRatios(), "one": {Rows: oddRatios().Rows[:1]}, "two": {Rows: oddRatios().Rows[4:6]}, "none": {Rows: []plot.Ratio{{Ratio: nan}}},
	} {
		first, err := painted(plot.Forest(f))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if second, _ := painted(plot.Forest(f)); !bytes.Equal(first, second) {
			t.Errorf("%s: the same numbers gave two pictures", name)
		}
		if size := decode(t, first).Bounds(); size.Dx() != 1800 || size.Dy() > 6000 {
			t.Errorf("%s: %v", name, size)
		}
	}
}
