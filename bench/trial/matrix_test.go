package trial

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nsbench/nsbench/bench/result"
)

func done(r result.Result, latency, free int64) Report {
	return Report{Result: r, LatencyNS: latency, FreeNS: free}
}

func TestBehaviour(t *testing.T) {
	went, hangs := result.Result{Outcome: result.OutcomeReleased}, result.Result{Outcome: result.OutcomeHung, At: "read(r, buf, 1)"}
	early := result.Result{Outcome: result.OutcomeReleased, Early: true}
	n := func(r result.Result, n int) result.Result { r.N = n; return r }
	four := int64(4)
	counted := done(went, 5, 0)
	counted.Descriptors = &four
	for _, test := range []struct {
		name    string
		reports []Report
		want    result.Behaviour
	}{
		{"none", nil, result.Behaviour{}},
		{"all alike", []Report{done(went, 5, 0), done(went, 7, 0)},
			result.Behaviour{Outcome: result.OutcomeReleased, Trials: 2, Results: []result.Result{n(went, 2)}, LatencyNS: []int64{5, 7}}},
		{"beside a free child", []Report{done(went, 5, 3), done(went, 7, 4)},
			result.Behaviour{Outcome: result.OutcomeReleased, Trials: 2, Results: []result.Result{n(went, 2)}, LatencyNS: []int64{5, 7}, FreeNS: []int64{3, 4}}},
		{"with descriptors", []Report{counted, counted},
			result.Behaviour{Outcome: result.OutcomeReleased, Trials: 2, Results: []result.Result{n(went, 2)}, LatencyNS: []int64{5, 5}, Descriptors: []int64{4, 4}}},
		{"a split, the most frequent first", []Report{done(hangs, 0, 0), done(went, 5, 0), done(went, 6, 0)},
			result.Behaviour{Outcome: result.OutcomeReleased, Trials: 3, Results: []result.Result{n(went, 2), n(hangs, 1)}, LatencyNS: []int64{5, 6}}},
		{"of equally many the worse", []Report{done(went, 5, 0), done(hangs, 0, 0)},
			result.Behaviour{Outcome: result.OutcomeHung, Trials: 2, Results: []result.Result{n(went, 1), n(hangs, 1)}, LatencyNS: []int64{5}}},
		{"early and not early are not the same, but one outcome", []Report{done(early, 0, 0), done(hangs, 0, 0), done(hangs, 0, 0), done(went, 5, 0), done(went, 6, 0)},
			result.Behaviour{Outcome: result.OutcomeReleased, Trials: 5, Results: []result.Result{n(hangs, 2), n(went, 2), n(early, 1)}, LatencyNS: []int64{5, 6}}},
		{"unavailable, and nothing of it is a finding", []Report{done(went, 5, 0), {Unavailable: "it has none", Moot: true}, done(went, 5, 0)},
			result.Behaviour{Outcome: result.OutcomeUnavailable, Reason: "it has none", Moot: true}},
	} {
		c := &Cell{Is: result.Behaviour{Primitive: "pipe-eof"}, Badness: func(outcome string) int { return len(result.OutcomeReleased) - len(outcome) }}
		test.want.Primitive = "pipe-eof"
		if diff := cmp.Diff(&test.want, c.Behaviour(test.reports...)); diff != "" {
			t.Errorf("%s, -want +got:\n%s", test.name, diff)
		}
	}
}

// A matrix makes of a report what it means there, before it counts.
func TestReading(t *testing.T) {
	c := &Cell{
		Reading: func(rep Report) Report { rep.Note = ""; return rep },
		Badness: func(string) int { return 0 },
	}
	one, other := Report{}, Report{}
	one.Note, other.Note = "one", "other"
	if b := c.Behaviour(one, other); len(b.Results) != 1 || b.Results[0].N != 2 {
		t.Errorf("%+v", b)
	}
}

// What is told of a cell that is not whole is in the order of the trials, and one that
// is unavailable makes it whole.
func TestTell(t *testing.T) {
	c := &Cell{Badness: func(string) int { return 0 }}
	c.expects(4)
	if c.begun() {
		t.Error("it has begun before the first trial")
	}
	went := result.Result{Outcome: result.OutcomeReleased}
	tell := func(n int, rep Report, wantDone int, wantLost string) {
		t.Helper()
		if done, lost := c.tell(n, rep); done != wantDone || lost != wantLost {
			t.Errorf("trial %d: %d are done and lost is %q, want %d and %q", n, done, lost, wantDone, wantLost)
		}
	}
	tell(3, done(went, 7, 0), 1, "")
	tell(1, done(went, 5, 0), 1, "")
	tell(0, Report{Unavailable: "no room for a moment"}, 1, "no room for a moment") // what was found stays
	tell(2, Report{Broken: "killed from outside"}, 1, "killed from outside")
	tell(2, done(went, 9, 0), 0, "") // of a cell that is whole
	if b := c.behaviour(); c.missing != 0 || b.Trials != 2 || b.Outcome != result.OutcomeReleased {
		t.Errorf("%d are missing of %+v", c.missing, b)
	} else if diff := cmp.Diff([]int64{5, 7}, b.LatencyNS); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}

	c.expects(4)
	tell(1, Report{Broken: "a defect"}, 1, "a defect")
	tell(0, Report{Unavailable: "gone"}, 3, "") // the first that tells anything
	tell(2, Report{Unavailable: "gone, too"}, 0, "")
	if b := c.behaviour(); c.missing != 0 || b.Reason != "gone" {
		t.Errorf("%d are missing of %+v", c.missing, b)
	}
}
