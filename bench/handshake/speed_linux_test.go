//go:build amd64 || arm64

package handshake

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/nsbench/nsbench/bench"
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/trial"
	"github.com/nsbench/nsbench/sync/gate"
)

// attempts is how often a comparison is made before it counts as failed: the machine is
// shared, and who is on it comes and goes.
const attempts = 3

// The seed's stage takes what a release of the same primitive takes in a plain run, under
// the same hold, but for the harness. Small parts of both take turns. It is the lower
// quartiles that are compared: in the upper half is what else runs on the machine.
func TestSeedIsAPlainRelease(t *testing.T) {
	first, others, err := bench.CPUsOf(bench.CrossCPU)
	if err != nil {
		missing(t, "cpus", err)
	}
	const pairs, each, hold = 25, 60, 2 * time.Millisecond
	var got []float64
	for range attempts {
		var ratios []float64
		for range pairs {
			a := quantile(waited(t, seed, Change{Hold: hold}, each, first, others)["go"], 0.25)
			b := quantile(plainReleases(t, each, hold), 0.25)
			ratios = append(ratios, float64(a)/float64(b))
		}
		slices.Sort(ratios)
		ratio := ratios[len(ratios)/2]
		got = append(got, ratio)
		if ratio < 1.05 {
			t.Logf("ratios %.3f", got)
			return
		}
	}
	t.Errorf("a release of the seed takes %.3f times what one of a plain run does, want at most 1.05", got)
}

// plainReleases are the release latencies, in ns, of a run of pipe-eof.
func plainReleases(t *testing.T, n int, hold time.Duration) (ns []int64) {
	t.Helper()
	series := bench.Axes{
		Primitives: []gate.Primitive{gate.PipeEOF}, Namespaces: []launch.Namespaces{launch.UTS | launch.IPC},
		Placements: []bench.Placement{bench.CrossCPU}, Launchers: []launch.Kind{launch.Clone}, Holds: []time.Duration{hold},
	}.Series()
	err := bench.Run(context.Background(), bench.Plan{Series: series, Iterations: n, Stages: 1, Warmup: 1}, bench.About{}, bench.Observer{
		Record: func(r result.Record) error {
			if b, ok := r.(*result.Block); ok && !b.Warmup {
				ns = append(ns, b.ReleaseNS...)
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return ns
}

// waited are the release latencies of the stages of a profile, in ns, where somebody
// waited; the total is under "", and what the first clone takes to begin under "clone".
func waited(t *testing.T, p Profile, c Change, n, first, others int) map[string][]int64 {
	t.Helper()
	all := map[string][]int64{}
	plan := Plan{Variants: []Variant{{p, c}}, Iterations: n, Warmup: 1, First: first, Others: others}
	err := Run(context.Background(), plan, trial.Recorder{
		Progress: func(int, int) {},
		Record: func(r result.Record) error {
			h, ok := r.(*result.Handshake)
			if !ok || h.Warmup {
				return nil
			}
			all[""] = append(all[""], h.TotalNS...)
			for i, step := range p.Steps {
				s := h.Steps[i]
				for k := range h.TotalNS {
					switch {
					case step.Kind == Clones:
						all["clone"] = append(all["clone"], s.ResumedNS[k]-s.BeginNS[k])
					case step.Kind == Releases && s.ArmedNS[k] < s.BeginNS[k]:
						all[step.Name] = append(all[step.Name], s.ResumedNS[k]-s.BeginNS[k])
					}
				}
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func median(ns []int64) int64 { return quantile(ns, 0.5) }

func quantile(ns []int64, q float64) int64 {
	if len(ns) == 0 {
		return 0
	}
	slices.Sort(ns)
	return ns[int(q*float64(len(ns)))]
}

// A handshake of ten stages takes no longer than its parts do, each measured in a
// handshake of its own: nothing is added that grows with the stages. The parts are a
// clone, and a pair of stages behind one, there and back, less that clone.
func TestTenStagesAreTheirParts(t *testing.T) {
	there := func(i int) []Step {
		return []Step{releases("C", "P", fmt.Sprintf("up-%d", i), gate.PipeByte), releases("P", "C", fmt.Sprintf("down-%d", i), gate.PipeByte)}
	}
	profile := func(pairs int) Profile {
		steps := []Step{clones("P", "C", 0)}
		for i := range pairs {
			steps = append(steps, there(i)...)
		}
		return Profile{
			Name: fmt.Sprintf("%d pairs", pairs), About: "stages there and back", Source: "this test",
			Processes: []Process{{"P", "the parent"}, {"C", "the child"}}, Steps: append(steps, executes("C")),
		}
	}
	none := Change{OnlyWork: true}
	total := func(pairs int) float64 { return float64(median(waited(t, profile(pairs), none, 60, -1, -1)[""])) }
	var got []float64
	for range attempts {
		var ratios []float64
		for range 9 {
			none, one, five := total(0), total(1), total(5)
			ratios = append(ratios, five/(none+5*(one-none)))
		}
		slices.Sort(ratios)
		ratio := ratios[len(ratios)/2]
		got = append(got, ratio)
		if ratio < 1.10 {
			t.Logf("ratios %.3f", got)
			return
		}
	}
	t.Errorf("ten stages take %.3f times what their parts do, want at most 1.10", got)
}
