package reports

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/nsbench/nsbench/bench/stat"
)

func taking(ns ...float64) Series { return Series{Release: stat.NewSample(ns, nil)} }

// The axis goes from a round time to a round time, and all of a run is on it.
func TestTimeAxis(t *testing.T) {
	for _, test := range []struct {
		series []Series
		want   string
	}{
		{[]Series{taking(86, 500), taking(3_980_000)}, "50ns       log       5ms"},
		{[]Series{taking(5), taking(5)}, "5ns       log       10ns"},
		{[]Series{taking(1, 1e9)}, "1ns        log        2s"},
		{[]Series{taking(-5, 0, 0.3)}, "1ns       log        2ns"},
		{[]Series{taking(1 << 62)}, "2e9s      log       5e9s"},
		{[]Series{taking(-5, 0), {}, taking()}, ""},
	} {
		got := ""
		if axis, ok := axisOf(Run{Series: test.series}); ok {
			got = axis.head(24)
		}
		if got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
	if got := (timeAxis{roundTime{5, 1}, roundTime{5, 6}}).head(10); got != "50ns   5ms" {
		t.Errorf("%q", got)
	}
}

// Each decade of three is a third of the width, and a bin of one sample beside one of
// a million is seen.
func TestHistogram(t *testing.T) {
	axis := timeAxis{roundTime{1, 3}, roundTime{1, 6}}
	all := append(slices.Repeat([]float64{1000}, 1_000_000), 99_999, 100_000, 999_999)
	for heights, want := range map[string]string{blocks: "█    ▁▁ ▁", ramp: "@    .. ."} {
		if got := axis.draw(taking(all...), 9, []rune(heights)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := axis.draw(taking(-1, 0, 1, 10_000_000), 3, []rune(ramp)); got != "@ -" {
		t.Errorf("beyond the axis: %q", got)
	}
	for _, none := range []Series{{}, taking()} {
		if got := axis.draw(none, 9, []rune(blocks)); got != "" {
			t.Errorf("of nothing: %q", got)
		}
	}
}

// Whatever the samples: each is in one bin, the bins that hold any are those that are
// seen, the fullest is the highest, and the order in which they came changes nothing.
func TestHistogramDropsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(rapid.Map(rapid.Int64Range(-10, 1<<40), func(ns int64) float64 { return float64(ns) }), 1, 200).Draw(t, "samples")
		cells := rapid.IntRange(1, 30).Draw(t, "cells")
		axis, ok := axisOf(Run{Series: []Series{taking(all...)}})
		if !ok {
			return
		}
		counts, line := axis.bins(taking(all...), cells), axis.draw(taking(all...), cells, []rune(blocks))
		if utf8.RuneCountInString(line) != cells {
			t.Fatalf("%q has not %d characters", line, cells)
		}
		sum, full := 0, slices.Max(counts)
		for i, r := range []rune(line) {
			sum += counts[i]
			if (r != ' ') != (counts[i] > 0) || (r == '█') != (counts[i] == full) && counts[i]*8 <= full*7 {
				t.Fatalf("%q of %v", line, counts)
			}
		}
		if sum != len(all) {
			t.Fatalf("%d samples of %d", sum, len(all))
		}
		slices.Reverse(all)
		if again := axis.draw(taking(all...), cells, []rune(blocks)); again != line {
			t.Fatalf("%q, and the other way round %q", line, again)
		}
	})
}

func TestRampsAreAlike(t *testing.T) {
	if utf8.RuneCountInString(blocks) != len(ramp) || strings.Contains(ramp, " ") {
		t.Error("a bin is seen in one and not in the other")
	}
}

// A histogram of ten million samples is a few searches.
func BenchmarkHistogram(b *testing.B) {
	all := make([]float64, 10_000_000)
	for i := range all {
		all[i] = float64(1000 + i)
	}
	s := taking(all...)
	axis, _ := axisOf(Run{Series: []Series{s}})
	for b.Loop() {
		axis.draw(s, widestHistogram, []rune(blocks))
	}
}
