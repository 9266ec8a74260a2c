package plot_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/reports/plot"
)

// costs are those of a run as they are: most sleepers on one heap, a few that
// spin, one between, and some without a figure.
func costs() plot.Costs {
	k := plot.Costs{Title: "Latency against CPU time burned, first release", Host: "vm-one", Placement: "cross-cpu"}
	for i, p := range []struct {
		name            string
		latency, burned float64
	}{
		{"pipe-eof", 21800, 0.0285}, {"pipe-byte", 22600, 0.0281}, {"eventfd", 21200, 0.0288}, {"sigwait", 23100, 0.0279},
		{"spin", 146, 0.999}, {"futex", 22000, 0.0283}, {"poll-sleep", 69300, 0.19}, {"unix-stream", 25700, 0.0304},
		{"flock", nan, 0.028}, {"posix-mq", nan, nan},
	} {
		k.Points = append(k.Points, plot.Cost{
			Name: p.name, Reference: i == 0, Style: i, Latency: p.latency, Lo: p.latency * 0.97, Hi: p.latency * 1.04, Burned: p.burned, N: 1500,
		})
	}
	k.Points[8].N, k.Points[9].N = 4, 0
	return k
}

// manyCosts are forty on three heaps.
func manyCosts() plot.Costs {
	k := costs()
	k.Points = k.Points[:1]
	for i := range 39 {
		f := float64(i)
		c := plot.Cost{Name: fmt.Sprintf("primitive-%d", i), Style: i + i/6, Latency: 23000 * (1 + 0.3*math.Sin(f)), Burned: 0.028 * (1 + 0.1*math.Cos(3*f)), N: 400 + i}
		switch i % 10 {
		case 3:
			c.Latency, c.Burned = 140+20*f, 1
		case 7:
			c.Latency, c.Burned = 80000, 0.002
		}
		c.Lo, c.Hi = c.Latency*0.96, c.Latency*1.05
		k.Points = append(k.Points, c)
	}
	return k
}

// oddCosts have figures that no axis holds, all at one place.
func oddCosts() plot.Costs {
	evil := "\x1b[31m<b>evil</b>\x07\u202egnp\n\t" + strings.Repeat("W", 1<<20)
	k := plot.Costs{Title: evil, Host: evil, Placement: evil, Notes: []string{"A note."}, Points: []plot.Cost{
		{Name: evil, Latency: 1e308, Lo: -inf, Hi: inf, Burned: 1e308, N: 1},
		{Name: "tiny", Latency: 5e-324, Lo: -1, Hi: 0, Burned: 5e-324, N: 2},
		{Name: "zero", Burned: 0, N: 3},
		{Name: "less", Latency: -1, Burned: -1, N: 3},
		{Name: "infinite", Latency: inf, Burned: inf, N: 3},
		{Name: "with a reason", Latency: nan, Burned: nan, Why: "the " + evil, N: 3},
	}}
	for range 6 {
		k.Points = append(k.Points, plot.Cost{Name: "heap", Latency: 100, Lo: 90, Hi: 110, Burned: 1, N: 7})
	}
	return k
}

func TestGoldenOfTradeoff(t *testing.T) {
	for name, k := range map[string]plot.Costs{"tradeoff": costs(), "many-tradeoff": manyCosts(), "edges-tradeoff": oddCosts()} {
		d, err := plot.Tradeoff(k)
		golden(t, name, d, err, false)
		if name == "tradeoff" {
			golden(t, "dark-tradeoff", d, err, true)
		}
	}
}

func TestTradeoffBeyondReason(t *testing.T) {
	if _, err := plot.Tradeoff(plot.Costs{}); !errors.Is(err, plot.ErrEmpty) {
		t.Errorf("error %v, want ErrEmpty", err)
	}
	many := oddCosts()
	for range 3000 {
		many.Points = append(many.Points, plot.Cost{Name: strings.Repeat("W", 32), Latency: 100, Burned: 1})
	}
	for name, k := range map[string]plot.Costs{
		"many": many, "odd": oddCosts(), "one": {Points: oddCosts().Points[:1]}, "none": {Points: []plot.Cost{{Latency: nan}}},
	} {
		first, err := painted(plot.Tradeoff(k))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if second, _ := painted(plot.Tradeoff(k)); !bytes.Equal(first, second) {
			t.Errorf("%s: the same numbers gave two pictures", name)
		}
		if size := decode(t, first).Bounds(); size.Dx() != 1800 || size.Dy() > 6000 {
			t.Errorf("%s: %v", name, size)
		}
	}
}

// The front holds whatever no other beats, equals included, and nothing else.
func TestFront(t *testing.T) {
	k := plot.Costs{Points: []plot.Cost{
		{Name: "slow and cheap", Latency: 50, Burned: 0.1}, {Name: "as slow, dearer", Latency: 50, Burned: 0.2},
		{Name: "fast and dear", Latency: 10, Burned: 1}, {Name: "as dear, slower", Latency: 20, Burned: 1},
		{Name: "between", Latency: 30, Burned: 0.5}, {Name: "its equal", Latency: 30, Burned: 0.5},
		{Name: "free, never seen", Latency: nan, Burned: 0.01}, {Name: "free", Latency: 5, Burned: 0},
	}}
	var names []string
	for _, p := range k.Front() {
		names = append(names, p.Name)
	}
	if got, want := strings.Join(names, "; "), "slow and cheap; between; its equal; fast and dear"; got != want {
		t.Errorf("the front is %q, want %q", got, want)
	}
}
