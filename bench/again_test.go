package bench

import (
	"slices"
	"testing"
	"time"

	"github.com/nsbench/nsbench/sync/gate"
)

// labels are those of the series, with their holds.
func labels(series []Series) (all []string) {
	for _, s := range series {
		all = append(all, s.Label()+" "+s.Hold.String())
	}
	return all
}

// twoHolds are two primitives under two conditions.
func twoHolds() []Series {
	return Axes{
		Primitives: []gate.Primitive{gate.PipeEOF, gate.Spin},
		Placements: []Placement{Free},
		Holds:      []time.Duration{time.Second, time.Hour},
	}.Series()
}

func TestWithSelfCheck(t *testing.T) {
	series := WithSelfCheck(twoHolds(), "pipe-eof")
	want := []string{"pipe-eof 1s", "pipe-eof (again) 1s", "spin 1s", "pipe-eof 1h0m0s", "pipe-eof (again) 1h0m0s", "spin 1h0m0s"}
	if got := labels(series); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for i, s := range series {
		if at := index(series, s); at != i {
			t.Errorf("series %d, %s, is taken for series %d", i, s.Label(), at)
		}
		if r := s.record(0); r.SelfCheck != s.SelfCheck || r.Label() != s.Label() || r.Primitive != s.Primitive.Name {
			t.Errorf("%s is recorded as %+v", s.Label(), r)
		}
	}
	if got := WithSelfCheck(WithDelays(twoHolds()[:2], "pipe-eof", []time.Duration{1000, 5000}), "pipe-eof"); !slices.Equal(labels(got),
		[]string{"pipe-eof 1s", "pipe-eof (again) 1s", "pipe-eof +1us 1s", "pipe-eof +5us 1s", "spin 1s"}) {
		t.Errorf("with delays: %q", labels(got))
	}
	if got := WithSelfCheck(twoHolds(), "futex"); len(got) != 4 {
		t.Errorf("of a baseline that is not there: %q", labels(got))
	}
}
