package main

import (
	"strings"
	"testing"

	"github.com/nsbench/nsbench/bench"
	"github.com/nsbench/nsbench/sync/gate"
)

func TestShare(t *testing.T) {
	for text, want := range map[string]float64{
		"2%": 0.02, "0.02": 0.02, "3.1%": 0.031, "0": 0, "0%": 0, ".5%": 0.005, "99.9%": 0.999, "2e-2": 0.02,
	} {
		if got, err := share("threshold", text); err != nil || got != want {
			t.Errorf("share(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "%", "2", "1", "100%", "-1%", "-0.1", "NaN", "NaN%", "Inf", "inf%", "2 %", "2%%", "two", "1e1%"} {
		if got, err := share("threshold", text); exitStatus(err) != statusUsage {
			t.Errorf("share(%q) = %v, %v, want a usage error", text, got, err)
		}
	}
}

// A plan that loses its baseline says so, and one that loses another does not.
func TestForget(t *testing.T) {
	all := bench.WithSelfCheck(bench.Axes{
		Primitives: []gate.Primitive{gate.PipeEOF, gate.Futex}, Placements: []bench.Placement{bench.SameCPU, bench.CrossCPU},
	}.Series(), "pipe-eof") // three under each placement
	lose := func(lost func(bench.Series) bool) (bench.Plan, string) {
		plan := bench.Plan{Baseline: "pipe-eof", Threshold: 0.02}
		var gone []bench.Series
		for _, s := range all {
			if lost(s) {
				gone = append(gone, s)
			} else {
				plan.Series = append(plan.Series, s)
			}
		}
		warning := forget(&plan, gone)
		return plan, warning
	}
	for name, c := range map[string]struct {
		lost          func(bench.Series) bool
		left, warning string
	}{
		"none":      {func(bench.Series) bool { return false }, "pipe-eof", ""},
		"another":   {func(s bench.Series) bool { return s.Primitive.Name == "futex" }, "pipe-eof", ""},
		"all":       {func(s bench.Series) bool { return s.Primitive.Name == "pipe-eof" }, "", "pipe-eof, the baseline, cannot be used here: nothing is compared, and there is no self check: choose another by --baseline"},
		"somewhere": {func(s bench.Series) bool { return s.Placement == bench.SameCPU }, "pipe-eof", "pipe-eof, the baseline, cannot be used under all of the conditions: where it cannot, nothing is compared, and there is no self check"},
	} {
		plan, warning := lose(c.lost)
		if plan.Baseline != c.left || (plan.Threshold == 0) != (c.left == "") || warning != c.warning {
			t.Errorf("%s: left %q, told %q", name, plan.Baseline, warning)
		}
	}
}

func TestShareMeansPerCent(t *testing.T) {
	for text, hint := range map[string]string{"2": "did you mean 2%?", "1.5": "did you mean 1.5%?", "100": "", "2000": "", "-2": "", "200%": ""} {
		_, err := share("threshold", text)
		var told strings.Builder
		explainError(&told, err)
		if got := told.String(); strings.Contains(got, hintPrefix) != (hint != "") || !strings.Contains(got, hint) || exitStatus(err) != statusUsage {
			t.Errorf("%s: %s", text, got)
		}
	}
}
