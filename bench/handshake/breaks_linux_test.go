//go:build amd64 || arm64

package handshake

import (
	"context"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/trial"
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
	err := RunBreaks(context.Background(), plan, trial.Recorder{
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

// Who was killed by another's end does not hang, though somebody else does.
func TestTheKilledDoNotHang(t *testing.T) {
	p := Profile{
		Name: "tied", About: "one is tied to its parent, and one waits", Source: "this test",
		Processes: []Process{{"P", "the parent"}, {"M", "in the middle"}, {"T", "tied to M"}, {"C", "waits for T"}},
		Steps: []Step{
			clones("P", "M", 0),
			clones("M", "T", 0),
			does("T", dieWithParent()),
			releases("T", "M", "tied", gate.Eventfd),
			clones("P", "C", 0),
			releases("P", "T", "go", gate.Eventfd),
			releases("T", "C", "on", gate.Eventfd),
			executes("C"),
		},
	}
	// As long as it waits for P, which is late.
	p.Steps = slices.Insert(p.Steps, at(&p, "go"), does("P", initJob()))
	plan := Plan{Trials: 1, First: -1, Others: -1, Variants: []Variant{{p, Change{Hold: 30 * time.Millisecond}}}}
	var found bool
	err := RunBreaks(context.Background(), plan, trial.Recorder{Progress: func(int, int) {}, Record: func(r result.Record) error {
		if b, ok := r.(*result.Break); ok && b.Side == "M" && b.Stage == "tied" {
			found = true
			if b.Verdict != result.VerdictHangs || !slices.Equal(b.Results[0].Hung, []string{"C: at stage on"}) || len(b.Results[0].Ended) != 1 || !strings.HasPrefix(b.Results[0].Ended[0], "T: killed at ") {
				t.Errorf("%+v", b)
			}
		}
		return nil
	}})
	if err != nil || !found {
		t.Error(found, err)
	}
}

// Nothing tells a wrong world from a right one where there is none.
func TestNoBreaksWithoutWork(t *testing.T) {
	plan := Plan{Trials: 1, Variants: []Variant{{seed, Change{OnlyWork: true}}}}
	if err := plan.Check(); err == nil || !strings.Contains(err.Error(), "without any work") {
		t.Error(err)
	}
}

// A handshake whose processes have all ended does not hang, however long the keeper waits
// for a CPU to reap them.
func TestLoadIsNoHang(t *testing.T) {
	s := begin(t)
	for range 3 * runtime.NumCPU() {
		busy := exec.Command("sh", "-c", "while :; do :; done")
		if err := busy.Start(); err != nil {
			t.Fatal(err)
		}
		defer func() {
			_ = busy.Process.Kill()
			_ = busy.Wait()
		}()
	}
	for range 40 {
		done, _, err := s.pass(goStd, Change{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if done.hung {
			t.Fatalf("hung: %v", done.fates)
		}
	}
}
