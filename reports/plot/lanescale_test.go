package plot

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Whatever happens when, times are drawn in their order, from one end of the axis to
// the other, and none that is not cut is drawn on another scale than the rest.
func TestLaneScale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := Lanes{Total: rapid.Float64Range(1, 1e12).Draw(t, "total")}
		for _, share := range rapid.SliceOf(rapid.Float64Range(0, 1)).Draw(t, "events") {
			l.Ends = append(l.Ends, LaneEnd{At: share * share * share * l.Total})
		}
		s := scaleOf(l)
		if s.place(0) != 0 || math.Abs(s.place(l.Total)-1) > 1e-9 {
			t.Fatalf("from %v to %v", s.place(0), s.place(l.Total))
		}
		last := -1.0
		for _, share := range []float64{0, 1e-6, 0.01, 0.1, 0.3, 0.5, 0.9, 1} {
			at := s.place(share * l.Total)
			if at < last || math.IsNaN(at) {
				t.Fatalf("%v is drawn at %v, before %v", share, at, last)
			}
			last = at
		}
		whole := s.whole()
		for i, k := range s.knots[:len(s.knots)-1] {
			gap, drawn := s.knots[i+1].ns-k.ns, s.knots[i+1].at-k.at
			if want := gap / whole; !k.cut && math.Abs(drawn-want) > 1e-6 || k.cut && drawn > want {
				t.Fatalf("%v ns of %v take %v, cut is %v", gap, whole, drawn, k.cut)
			}
		}
	})
}
