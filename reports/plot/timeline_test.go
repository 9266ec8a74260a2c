package plot_test

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/reports/plot"
)

// track is n samples around a median in so many rounds, a few of them slow.
func track(n int, median float64, rounds int) plot.Track {
	rng := rand.New(rand.NewPCG(9, uint64(median)))
	t := plot.Track{Name: "s", Drift: nan, Values: make([]float64, n)}
	for i := range t.Values {
		t.Values[i] = math.Round(median * math.Exp(0.2*rng.NormFloat64()))
		if rng.IntN(60) == 0 {
			t.Values[i] *= 3 + 9*rng.ExpFloat64()
		}
	}
	for i := range rounds {
		t.Ends = append(t.Ends, n*(i+1)/rounds)
	}
	return sorted(t)
}

func sorted(t plot.Track) plot.Track {
	t.Sorted = slices.Sorted(slices.Values(t.Values))
	return t
}

// course is tracks as they are: a calm one, one that drifts, one that steps up
// and back, one of few samples, one that has none in some rounds, and one that
// has none at all.
func course() plot.Course {
	calm, drifting, stepping := track(1500, 21000, 100), track(1500, 23000, 100), track(1500, 140, 100)
	for i := range drifting.Values {
		drifting.Values[i] *= 1 + float64(i)/1500
		if i > 600 && i < 900 {
			stepping.Values[i] *= 2
		}
	}
	drifting = sorted(drifting)
	drifting.Drift = 1.4
	gaps := track(1500, 17000, 100)
	for i := range gaps.Ends { // nothing from round 30 to round 60
		switch {
		case i < 30:
			gaps.Ends[i] = 20 * i
		case i < 60:
			gaps.Ends[i] = 580
		default:
			gaps.Ends[i] = 580 + (i-59)*23
		}
	}
	k := plot.Course{Title: "Release latency in time order, first release", Host: "vm-one", Placement: "cross-cpu", Tracks: []plot.Track{
		calm, drifting, sorted(stepping), track(40, 26000, 100), gaps, {Drift: nan},
	}}
	for i, name := range []string{"pipe-eof", "eventfd", "spin", "sigwait", "futex", "posix-mq"} {
		k.Tracks[i].Name, k.Tracks[i].Style, k.Tracks[i].Family = name, i, []string{"pipe", "eventfd", "memory", "memory", "memory", "ipc"}[i]
	}
	return k
}

// manyTracks are more than rows of the usual height are good for.
func manyTracks() plot.Course {
	k := course()
	for i := range 20 {
		t := track(300, 15000+2000*float64(i), 20)
		t.Family, t.Style = []string{"socket", "file", "ipc", "other"}[i/5], i
		k.Tracks = append(k.Tracks, t)
	}
	return k
}

// oddTracks have values that no axis holds.
func oddTracks() plot.Course {
	evil := "\x1b[31m<b>evil</b>\x07\u202egnp\n\t" + strings.Repeat("W", 1<<20)
	all := slices.Repeat([]float64{1e308, 5e-324, 0, -5, inf, -inf, nan, 100}, 100)
	odd := plot.Track{Name: evil, Family: evil, Values: all, Drift: inf, Ends: make([]int, 1000)}
	odd.Ends[999] = len(all)
	equal := plot.Track{Name: "all equal", Values: slices.Repeat([]float64{2000}, 1000), Drift: nan}
	k := plot.Course{Title: evil, Host: evil, Placement: evil, Notes: []string{"A note."}, Tracks: []plot.Track{
		odd, equal, {Name: "one", Values: []float64{5}, Drift: 1e308}, {Name: "in no round", Values: []float64{7, 8}, Ends: []int{0, 0}, Drift: nan},
		{Name: "nothing finite", Values: []float64{inf, nan}, Drift: nan},
	}}
	for i := range k.Tracks {
		k.Tracks[i] = sorted(k.Tracks[i])
	}
	return k
}

func TestGoldenOfTimeline(t *testing.T) {
	for name, k := range map[string]plot.Course{"timeline": course(), "many-timeline": manyTracks(), "edges-timeline": oddTracks()} {
		d, err := plot.Timeline(k)
		golden(t, name, d, err, false)
		if name == "timeline" {
			golden(t, "dark-timeline", d, err, true)
		}
	}
}

func TestTimelineBeyondReason(t *testing.T) {
	if _, err := plot.Timeline(plot.Course{}); !errors.Is(err, plot.ErrEmpty) {
		t.Errorf("error %v, want ErrEmpty", err)
	}
	many := oddTracks()
	for range 3000 {
		many.Tracks = append(many.Tracks, plot.Track{Name: "s", Values: []float64{1}, Sorted: []float64{1}})
	}
	for name, k := range map[string]plot.Course{"many": many, "odd": oddTracks(), "one": {Tracks: oddTracks().Tracks[2:3]}, "none": {Tracks: make([]plot.Track, 1)}} {
		first, err := painted(plot.Timeline(k))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if second, _ := painted(plot.Timeline(k)); !bytes.Equal(first, second) {
			t.Errorf("%s: the same numbers gave two pictures", name)
		}
		if size := decode(t, first).Bounds(); size.Dx() != 1800 || size.Dy() > 6000 {
			t.Errorf("%s: %v", name, size)
		}
	}
}

// A page holds many samples without growing with them.
func TestTimelineStaysSmall(t *testing.T) {
	for _, each := range []int{1500, 100_000} {
		var k plot.Course
		for range 10 {
			k.Tracks = append(k.Tracks, track(each, 20000, 100))
		}
		d, err := plot.Timeline(k)
		if err != nil {
			t.Fatal(err)
		}
		svg, err := d.SVG("", new(plot.Inks))
		if err != nil {
			t.Fatal(err)
		}
		if len(svg) > 80_000 {
			t.Errorf("%d bytes for 10 series of %d samples", len(svg), each)
		}
	}
}
