package reports_test

import (
	"bytes"
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

// gatherShakes gathers handshakes of one profile.
func gatherShakes(t rapid.TB, p result.Profile, all ...*result.Handshake) reports.HandshakeProfile {
	t.Helper()
	head := header()
	head.Plan = result.Plan{Iterations: len(all), Profiles: []result.Profile{p}}
	var out bytes.Buffer
	w := result.NewWriter(&out)
	records := []result.Record{head}
	for _, h := range all {
		records = append(records, h)
	}
	for _, record := range append(records, &result.End{Finished: head.Started.Add(time.Second), Ended: result.EndedComplete, Blocks: len(all), Samples: len(all)}) {
		if err := w.Write(record); err != nil {
			t.Fatal(err)
		}
	}
	rep, err := reports.Gather(&out)
	if err != nil {
		t.Fatal(err)
	}
	if problems := rep.Runs[0].Problems; problems != nil {
		t.Fatal(problems)
	}
	return rep.Runs[0].Handshakes.Profiles[0]
}

func shake(total int64, steps ...result.Stamps) *result.Handshake {
	return &result.Handshake{TotalNS: []int64{total}, Steps: steps, Outcome: []string{result.OutcomeReleased}, Wrong: []string{""}}
}

func at(ns int64) []int64 { return []int64{ns} }

// Paths worked out by hand. Shares are of a total of 1000 ns, so that they are ns.
func TestCriticalPath(t *testing.T) {
	clone := result.Step{Kind: result.StepClones, By: "P", To: "C"}
	work := func(by, name string) result.Step { return result.Step{Kind: result.StepDoes, By: by, Name: name} }
	stage := func(by, to, name string) result.Step {
		return result.Step{Kind: result.StepReleases, By: by, To: to, Name: name, Primitive: "eventfd"}
	}
	reap := result.Step{Kind: result.StepReaps, By: "P", To: "C"}
	exit, execute := result.Step{Kind: result.StepExits, By: "C"}, result.Step{Kind: result.StepExecutes, By: "C"}
	released := func(armed, begin, end, resumed int64) result.Stamps {
		return result.Stamps{BeginNS: at(begin), EndNS: at(end), ArmedNS: at(armed), ResumedNS: at(resumed), Slept: at(1)}
	}
	cloned := func(begin, end, resumed int64) result.Stamps {
		return result.Stamps{BeginNS: at(begin), EndNS: at(end), ResumedNS: at(resumed)}
	}
	spent := func(begin, end int64) result.Stamps { return result.Stamps{BeginNS: at(begin), EndNS: at(end)} }
	moment := func(begin int64) result.Stamps { return result.Stamps{BeginNS: at(begin)} }
	tests := []struct {
		name    string
		steps   []result.Step
		stamps  []result.Stamps
		shares  []float64 // ns of each step
		between float64
		early   float64 // of the first stage
	}{
		{
			// C waits from 350 on; P is done at 600. All before is P's: its clone call until 300, which
			// is no work of C's, its work, and what is between.
			"waited for", []result.Step{clone, work("P", "job"), stage("P", "C", "go"), work("C", "root"), execute},
			[]result.Stamps{cloned(0, 300, 340), spent(310, 590), released(350, 600, 620, 700), spent(710, 950), moment(1000)},
			[]float64{300, 280, 100, 240, 0}, 10 + 10 + 10 + 50, 0,
		},
		{
			// P released at 330, and C came to its wait at 400: it passed in 20, and the path stays in
			// C back to its birth, whose clone began at 0. The work of P is beside it.
			"early", []result.Step{clone, work("P", "job"), stage("P", "C", "go"), work("C", "root"), execute},
			[]result.Stamps{cloned(0, 300, 340), spent(301, 320), released(400, 330, 350, 420), spent(430, 900), moment(1000)},
			[]float64{340, 0, 20, 470, 0}, 60 + 10 + 100, 1,
		},
		{
			// Both ways: C asks, P answers. Each is waited for.
			"request and answer", []result.Step{clone, work("C", "unshare"), stage("C", "P", "ask"), work("P", "maps"), stage("P", "C", "answer"), execute},
			[]result.Stamps{cloned(0, 200, 250), spent(250, 400), released(210, 400, 410, 450), spent(450, 700), released(420, 700, 720, 780), moment(1000)},
			[]float64{250, 150, 50, 250, 80, 0}, 220, 0,
		},
		{
			// P reaps C, which exits at 800: the way from there to the end is the reap's.
			"reaped", []result.Step{clone, work("C", "maps"), exit, reap, work("P", "job")},
			[]result.Stamps{cloned(0, 200, 250), spent(250, 790), moment(800), spent(300, 850), spent(850, 1000)},
			[]float64{250, 540, 0, 50, 150}, 10, math.NaN(),
		},
		{
			// C had ended before P came to reap it: that took 40, and the path stays in P.
			"reaped late", []result.Step{clone, work("C", "maps"), exit, work("P", "job"), reap},
			[]result.Stamps{cloned(0, 200, 250), spent(250, 300), moment(310), spent(200, 950), spent(960, 1000)},
			[]float64{200, 0, 0, 750, 40}, 10, math.NaN(),
		},
		{
			// What the release costs P is the stage's where P goes on by itself.
			"release on the path", []result.Step{clone, stage("P", "C", "go"), work("P", "job")},
			[]result.Stamps{cloned(0, 200, 210), released(220, 300, 380, 390), spent(400, 1000)},
			[]float64{200, 80, 600}, 100 + 20, 0,
		},
		{
			// The first process may begin with a wait, armed at 0: the first stamp of all.
			"a stamp at 0", []result.Step{clone, stage("C", "P", "up"), work("P", "job")},
			[]result.Stamps{cloned(0, 200, 210), released(205, 500, 510, 600), spent(600, 1000)},
			[]float64{210, 100, 400}, 290, 0,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := result.Profile{Name: "made", Work: "all", Processes: []result.Process{{Name: "P"}, {Name: "C"}}, Steps: test.steps}
			got := gatherShakes(t, p, shake(1000, test.stamps...))
			for i, want := range test.shares {
				if ns := got.Steps[i].Share * 1000; math.Abs(ns-want) > 1e-6 {
					t.Errorf("step %d, which %s: %.3f ns, want %v", i, test.steps[i].Kind, ns, want)
				}
			}
			if ns := got.Shares.Between * 1000; math.Abs(ns-test.between) > 1e-6 {
				t.Errorf("between: %.3f ns, want %v", ns, test.between)
			}
			if sum := got.Shares.Releases + got.Shares.Clones + got.Shares.Work + got.Shares.Between; math.Abs(sum-1) > 1e-9 {
				t.Errorf("shares add up to %v", sum)
			}
			for _, s := range got.Steps {
				if s.Kind == result.StepReleases {
					if s.Early != test.early {
						t.Errorf("early is %v, want %v", s.Early, test.early)
					}
					break
				}
			}
		})
	}
}

// Whatever the stamps, shares add up to the whole, and none is below 0.
func TestSharesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProfile(t)
		var all []*result.Handshake
		for range rapid.IntRange(1, 3).Draw(t, "handshakes") {
			if rapid.Bool().Draw(t, "as processes would") {
				total, steps := played(p, func(result.Step) int64 { return rapid.Int64Range(1, 1_000_000).Draw(t, "cost") })
				if total > 0 {
					all = append(all, shake(total, steps...))
				}
				continue
			}
			all = append(all, drawShake(t, p))
		}
		got := gatherShakes(t, p, all...)
		if n := got.Summary.N + got.InvalidTotal(); n != len(all) {
			t.Fatalf("%d handshakes, want %d", n, len(all))
		}
		if got.Summary.N == 0 {
			return
		}
		sum := got.Shares.Between
		for _, s := range got.Steps {
			if s.Share < 0 || s.Share > 1+1e-9 {
				t.Fatalf("share %v", s.Share)
			}
			sum += s.Share
		}
		if math.Abs(sum-1) > 1e-9 || math.Abs(got.Shares.Releases+got.Shares.Clones+got.Shares.Work+got.Shares.Between-1) > 1e-9 || got.Shares.Between < 0 {
			t.Fatalf("shares add up to %v", sum)
		}
	})
}

func drawProfile(t *rapid.T) result.Profile {
	p := result.Profile{Name: "drawn", Work: "all"}
	n := rapid.IntRange(2, 4).Draw(t, "processes")
	for i := range n {
		p.Processes = append(p.Processes, result.Process{Name: fmt.Sprint("P", i)})
	}
	kinds := []string{result.StepClones, result.StepDoes, result.StepReleases, result.StepReleases, result.StepReaps, result.StepExits, result.StepExecutes}
	for i := range rapid.IntRange(1, 12).Draw(t, "steps") {
		by := rapid.IntRange(0, n-1).Draw(t, "by")
		to := (by + rapid.IntRange(1, n-1).Draw(t, "to")) % n
		p.Steps = append(p.Steps, result.Step{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), By: p.Processes[by].Name, To: p.Processes[to].Name, Name: fmt.Sprint("s", i)})
	}
	return p
}

// drawShake draws stamps of which nothing is so but that those of a step are in order.
func drawShake(t *rapid.T, p result.Profile) *result.Handshake {
	stamp := func() int64 { return rapid.Int64Range(0, 1000).Draw(t, "stamp") }
	var steps []result.Stamps
	for _, s := range p.Steps {
		one := result.Stamps{BeginNS: at(stamp())}
		later := at(one.BeginNS[0] + stamp())
		switch s.Kind {
		case result.StepClones:
			one.EndNS, one.ResumedNS = later, at(one.BeginNS[0]+stamp())
		case result.StepDoes, result.StepReaps:
			one.EndNS = later
		case result.StepReleases:
			one.EndNS, one.ArmedNS, one.Slept = later, at(stamp()), at(0)
			one.ResumedNS = at(max(one.BeginNS[0], one.ArmedNS[0]) + stamp())
		}
		steps = append(steps, one)
	}
	return shake(rapid.Int64Range(0, 3000).Draw(t, "total"), steps...)
}

// Warm-up, what was not released and stamps that contradict each other enter no figure.
func TestHandshakesThatDoNotCount(t *testing.T) {
	p := result.Profile{Name: "made", Work: "all", Processes: []result.Process{{Name: "P"}}, Steps: []result.Step{{Kind: result.StepDoes, By: "P", Name: "job"}}}
	worked := func(begin, end int64) *result.Handshake {
		return shake(1000, result.Stamps{BeginNS: at(begin), EndNS: at(end)})
	}
	good, warm, hung, late, wrong := worked(0, 1000), worked(0, 500), worked(0, 500), worked(700, 300), worked(0, 1000)
	warm.Warmup = true
	hung.Outcome[0] = result.OutcomeHung
	wrong.Wrong[0] = "maps"
	got := gatherShakes(t, p, good, warm, hung, late, wrong)
	if got.Summary.N != 2 || got.Steps[0].Share != 1 || got.Steps[0].Took.N != 2 {
		t.Errorf("n is %d, share %v of %d", got.Summary.N, got.Steps[0].Share, got.Steps[0].Took.N)
	}
	if fmt.Sprint(got.Invalid) != "map[clock:1 hung:1]" || fmt.Sprint(got.Wrong) != "map[maps:1]" {
		t.Errorf("invalid %v, wrong %v", got.Invalid, got.Wrong)
	}
}
