package plot

import (
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A laneScale is a linear axis of time from which the middle of long waits is cut: a
// runtime's control group takes milliseconds in which nothing else happens, and its
// releases microseconds, of which nothing would be seen. A logarithmic axis lost: what
// follows an hour into a handshake is no shorter than what came first.
type laneScale struct {
	knots []laneKnot
}

// A laneKnot is a time at which something happens, and where it is drawn, from 0 to 1.
type laneKnot struct {
	ns, at float64
	cut    bool // what is between it and the next is drawn shorter than it is
}

// What is cut: a few times that are apart from all others, and most of the whole.
const (
	mostCuts   = 4
	farApart   = 3   // times the longest that is not cut
	mostOfTime = 0.6 // of the total, which those that are cut have together
	cutTo      = 1.0 / 6
)

// scaleOf makes the axis for a handshake.
func scaleOf(l Lanes) laneScale {
	times := []float64{0, l.Total}
	for _, b := range l.Bars {
		times = append(times, b.From, b.To)
	}
	for _, a := range l.Arrows {
		times = append(times, a.Begin, a.End)
	}
	for _, e := range l.Ends {
		times = append(times, e.At)
	}
	slices.Sort(times)
	times = slices.Compact(times)
	longest := longestGap(times)
	s, at := laneScale{}, 0.0
	for i, ns := range times {
		s.knots = append(s.knots, laneKnot{ns: ns, at: at})
		if i+1 < len(times) {
			gap := times[i+1] - ns
			s.knots[i].cut = gap > longest*1.0001
			at += min(gap, longest)
		}
	}
	for i := range s.knots {
		s.knots[i].at /= at
	}
	return s
}

// longestGap is to what the gaps between times are cut: to a part of what is left, or to
// as long as the longest that is not cut. Infinite where none stands out.
func longestGap(times []float64) float64 {
	var gaps []float64
	total := 0.0
	for i := 1; i < len(times); i++ {
		gaps = append(gaps, times[i]-times[i-1])
		total += times[i] - times[i-1]
	}
	slices.Sort(gaps)
	slices.Reverse(gaps)
	longest, top := math.Inf(1), 0.0
	for k := range min(mostCuts, len(gaps)-1) {
		next := gaps[k+1]
		if top += gaps[k]; top > mostOfTime*total && gaps[k] > farApart*next {
			longest = min(gaps[k], max(next, cutTo*(total-top)))
		}
	}
	return longest
}

// place is where a time is drawn, from 0 to 1.
func (s laneScale) place(ns float64) float64 {
	i, found := slices.BinarySearchFunc(s.knots, ns, func(k laneKnot, ns float64) int {
		switch {
		case k.ns < ns:
			return -1
		case k.ns > ns:
			return 1
		}
		return 0
	})
	switch {
	case found:
		return s.knots[i].at
	case i == 0 || i == len(s.knots):
		return min(max(float64(i), 0), 1)
	}
	a, b := s.knots[i-1], s.knots[i]
	return a.at + (b.at-a.at)*(ns-a.ns)/(b.ns-a.ns)
}

// cuts tells whether something is cut.
func (s laneScale) cuts() bool {
	return slices.ContainsFunc(s.knots, func(k laneKnot) bool { return k.cut })
}

// whole is how much time would be drawn were all of it drawn as what is not cut.
func (s laneScale) whole() float64 {
	drawn, share := 0.0, 0.0
	for i, k := range s.knots[:len(s.knots)-1] {
		if next := s.knots[i+1]; !k.cut {
			drawn, share = drawn+next.ns-k.ns, share+next.at-k.at
		}
	}
	if share == 0 {
		return s.knots[len(s.knots)-1].ns
	}
	return drawn / share
}

// tickRoom is how far labels of the axis are apart.
const tickRoom = 62 * px

// paintTicks draws the lines of round times, but for those within a cut, and labels what
// has room.
func (s laneScale) paintTicks(c draw.Canvas, x func(float64) vg.Length, bottom vg.Length, th theme) {
	step, last := roundStep(s.whole()/7), -tickRoom
	for i, k := range s.knots[:len(s.knots)-1] {
		if k.cut {
			continue
		}
		for n := math.Ceil(k.ns / step); n*step <= s.knots[i+1].ns; n++ {
			at := x(n * step)
			if at < last+px {
				continue // once more, where two parts meet
			}
			stroke(c, gridLine(th), at, bottom, at, c.Max.Y)
			if at < last+tickRoom && last >= 0 {
				continue
			}
			label := "0"
			if n > 0 {
				label = evenTime(n * step)
			}
			writeCentre(c, label, at, bottom-16*px, sizeNote, th.faint, false)
			last = at
		}
	}
}

// paintCuts parts the lanes where time is cut, and says how much there is of it.
func (s laneScale) paintCuts(c draw.Canvas, x func(float64) vg.Length, bottom vg.Length, th theme) {
	for i, k := range s.knots[:len(s.knots)-1] {
		if !k.cut {
			continue
		}
		next := s.knots[i+1]
		at := x(k.ns) + (x(next.ns)-x(k.ns))*0.8
		c.FillPolygon(th.paper, []vg.Point{{X: at - 7*px, Y: bottom}, {X: at - px, Y: bottom}, {X: at + 7*px, Y: c.Max.Y}, {X: at + px, Y: c.Max.Y}})
		edge := draw.LineStyle{Color: th.ghost, Width: px}
		stroke(c, edge, at-7*px, bottom, at+px, c.Max.Y)
		stroke(c, edge, at-px, bottom, at+7*px, c.Max.Y)
		writeCentre(c, Time(next.ns-k.ns), (x(k.ns)+x(next.ns))/2, bottom-16*px, sizeNote, th.ink, true)
	}
}
