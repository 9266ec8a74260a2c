//go:build amd64 || arm64

package handshake

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/sync/gate"
)

// broken are the breaks of profiles, by "profile break side stage".
func broken(t *testing.T, trials int, profiles ...Profile) map[string]*result.Break {
	t.Helper()
	plan := Plan{Trials: trials, First: -1, Others: -1}
	for _, p := range profiles {
		plan.Variants = append(plan.Variants, Variant{Profile: p})
	}
	cells := map[string]*result.Break{}
	err := RunBreaks(context.Background(), plan, Recorder{
		Record: func(r result.Record) error {
			if b, ok := r.(*result.Break); ok {
				cells[strings.Join([]string{profiles[b.Profile].Name, b.Break, b.Side, b.Stage}, " ")] = b
			}
			return nil
		},
		Progress: func(int, int) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	return cells
}

// What is known of the runtimes from their history, and of the primitives from the
// kernel, comes out.
func TestBreaks(t *testing.T) {
	cells := broken(t, 3, seed, bubblewrap, nspawn, runc, lxc)
	for key, want := range map[string]string{
		"seed kill P ":               result.VerdictOpen,   // an end of file is an end of file
		"seed kill C ":               result.VerdictClosed, // there is nobody to go on
		"seed kill P go":             result.VerdictWhole,
		"seed drop P go":             result.VerdictOpen,
		"bubblewrap kill P ":         result.VerdictHangs,  // an eventfd tells nothing
		"nspawn kill P maps-written": result.VerdictClosed, // the pipe of a barrier does
		"nspawn drop C netns-exists": result.VerdictOpen,   // systemd#8599
		"runc kill R run":            result.VerdictHangs,  // runc#2586
	} {
		cell := cells[key]
		if cell == nil {
			t.Errorf("%s: no such cell in %q", key, keysOf(cells))
			continue
		}
		if cell.Verdict != want {
			t.Errorf("%s: %s, want %s: %+v", key, cell.Verdict, want, cell.Results)
		}
	}
	if cell := cells["nspawn drop C netns-exists"]; cell != nil && !slices.Contains(cell.Results[0].Wrong, string(factLink)) {
		t.Errorf("a network device that is moved before there is a network namespace for it: %+v", cell.Results)
	}
}

func keysOf(m map[string]*result.Break) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// A stage whose waiter spins hangs as well as one whose waiter sleeps.
func TestSpinnerHangs(t *testing.T) {
	p := Profile{
		Name: "spinner", About: "one stage", Source: "this test",
		Processes: []Process{{"P", "the parent"}, {"C", "the child"}},
		Steps: []Step{
			clones("P", "C", 0),
			releases("P", "C", "go", gate.Spin),
			executes("C"),
		},
	}
	cells := broken(t, 1, p)
	if cell := cells["spinner kill P "]; cell == nil || cell.Verdict != result.VerdictHangs || len(cell.Results[0].Hung) != 1 {
		t.Errorf("%+v", cell)
	}
}
