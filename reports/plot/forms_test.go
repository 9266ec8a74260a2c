package plot_test

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/reports/plot"
)

// fanOut is curves as they are: one operation for all, one for each, one that
// falls off, one without a figure, and an interval that is not there.
func fanOut() plot.Chart {
	groups := func(first, each float64) []plot.Group {
		var all []plot.Group
		for _, n := range []int{1, 2, 5, 10, 20, 50, 100, 200} {
			last := first + each*float64(n)
			all = append(all, plot.Group{Children: n, N: 2400 / n, First: first, Last: last, Lo: last * 0.93, Hi: last * 1.12})
		}
		return all
	}
	nan := math.NaN()
	broken := groups(17000, 600)
	broken[3] = plot.Group{Children: 10, N: 4, First: nan, Last: nan, Lo: nan, Hi: nan}
	broken[6].Lo, broken[6].Hi = nan, nan
	return chart(
		plot.Series{Name: "pipe-eof", Reference: true, Groups: groups(16400, 900)},
		plot.Series{Name: "pipe-byte", Groups: groups(16000, 2900)},
		plot.Series{Name: "spin", Groups: groups(110, 30)},
		plot.Series{Name: "futex", Groups: broken},
		plot.Series{Name: "sigwait", Groups: []plot.Group{{Children: 100, N: 3, First: nan, Last: nan, Lo: nan, Hi: nan}}},
		plot.Series{Name: "unix-stream"},
	)
}

// manyFans are more than one pair of axes holds.
func manyFans() plot.Chart {
	ch := families()
	for i := range ch.Series {
		ch.Series[i].Values = nil
		for _, n := range []int{1, 10, 100} {
			last := 9000 + 400*float64(i+1)*float64(n)
			ch.Series[i].Groups = append(ch.Series[i].Groups, plot.Group{Children: n, N: 12, First: 9000, Last: last, Lo: last, Hi: last * 1.5})
		}
	}
	return ch
}

// lives are bars as they are: one so long that it would dwarf all others, one
// without figures, and names that are not fit to be shown.
func lives(n int) plot.Stack {
	s := plot.Stack{
		Title: "Where a child's life goes", Host: "vm-one", Placement: "cross-cpu",
		Parts: []string{"prepare", "clone", "to armed", "release", "exec", "exit", "reap"},
		Notes: []string{"Parts are medians.", "The hold is left out."},
	}
	names := []string{"pipe-eof", "\x1b[31m<b>evil</b>\x07\u202egnp " + strings.Repeat("W", 1<<20), "nothing", "spin"}
	for i := range n {
		f := float64(i)
		bar := plot.Bar{Name: names[i%len(names)], N: 400, Parts: []float64{6000, 80000 + 900*f, 60000, 25000 + 3000*f, math.NaN(), 81000, 12000}}
		switch i {
		case 2:
			bar.Parts = []float64{math.NaN(), -5, 0}
		case 3:
			bar.Parts[3] = 4e6
		}
		s.Bars = append(s.Bars, bar)
	}
	return s
}

func TestGoldenOfForms(t *testing.T) {
	fan, fanErr := plot.FanOut(fanOut())
	bars, barsErr := plot.Bars(lives(5))
	for prefix, dark := range map[string]bool{"": false, "dark-": true} {
		golden(t, prefix+"fanout", fan, fanErr, dark)
		golden(t, prefix+"bars", bars, barsErr, dark)
	}
	many, err := plot.FanOut(manyFans())
	golden(t, "families-fanout", many, err, false)
	all, err := plot.Bars(lives(14))
	golden(t, "many-bars", all, err, false)
}

func TestFormsOfNothing(t *testing.T) {
	if _, err := plot.FanOut(plot.Chart{}); !errors.Is(err, plot.ErrEmpty) {
		t.Errorf("fan-out: error %v, want ErrEmpty", err)
	}
	if _, err := plot.Bars(plot.Stack{}); !errors.Is(err, plot.ErrEmpty) {
		t.Errorf("bars: error %v, want ErrEmpty", err)
	}
}

// Figures beyond reason give a picture, the same each time, and one of a size
// that a viewer takes.
func TestFormsBeyondReason(t *testing.T) {
	inf := math.Inf(1)
	var fans []plot.Series
	var stack plot.Stack
	for i := range 300 {
		fans = append(fans, plot.Series{Name: "s", Family: strings.Repeat("f", i%40), Groups: []plot.Group{
			{Children: -5, First: -1, Last: 1e308, Lo: -inf, Hi: inf}, {Children: 1 << 30, First: 0, Last: 0}, {},
		}})
		stack.Bars = append(stack.Bars, plot.Bar{Name: "b", Parts: []float64{1e308, 1e308, inf, -inf, 1}})
	}
	stack.Parts = []string{"a", "b", "c", "d"}
	for name, draw := range map[string]func() (*plot.Drawing, error){
		"fan-out": func() (*plot.Drawing, error) { return plot.FanOut(chart(fans...)) },
		"one fan": func() (*plot.Drawing, error) { return plot.FanOut(chart(fans[:1]...)) },
		"bars":    func() (*plot.Drawing, error) { return plot.Bars(stack) },
		"one bar": func() (*plot.Drawing, error) { return plot.Bars(plot.Stack{Bars: stack.Bars[:1]}) },
		"no part": func() (*plot.Drawing, error) { return plot.Bars(plot.Stack{Bars: []plot.Bar{{}}}) },
		"tiny": func() (*plot.Drawing, error) {
			return plot.Bars(plot.Stack{Parts: []string{"a"}, Bars: []plot.Bar{{Parts: []float64{5e-324}}}})
		},
	} {
		first, err := painted(draw())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if second, _ := painted(draw()); !bytes.Equal(first, second) {
			t.Errorf("%s: the same numbers gave two pictures", name)
		}
		if size := decode(t, first).Bounds(); size.Dx() != 1800 || size.Dy() > 8000 {
			t.Errorf("%s: %v", name, size)
		}
	}
}
