package reports_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/nsbench/nsbench/bench/result"
)

// madeProfiles are the handshakes of a made-up section: one of a single stage, one of
// several processes and stages in both directions, each as it stands and changed, and
// one that cannot be run.
func madeProfiles() []result.Profile {
	seed := result.Profile{
		Name: "seed", Work: "all", About: "one stage: the end of file lets the child go", Source: "the seed document, its last program",
		Processes: []result.Process{{Name: "P", About: "the parent"}, {Name: "C", About: "the child"}},
		Steps: []result.Step{
			{Kind: result.StepClones, By: "P", To: "C", Namespaces: []string{"uts", "ipc"}},
			{Kind: result.StepDoes, By: "P", Name: "job"},
			{Kind: result.StepReleases, By: "P", To: "C", Name: "go", Primitive: "pipe-eof"},
			{Kind: result.StepDoes, By: "C", Name: "hostname"},
			{Kind: result.StepExecutes, By: "C"},
		},
	}
	staged := result.Profile{
		Name: "runc", Work: "all", About: "three stages of nsexec, with requests to the parent", Source: "runc 76d9cf5d, libcontainer/nsenter/nsexec.c",
		Processes: []result.Process{{Name: "R", About: "runc create"}, {Name: "S0", About: "stage 0"}, {Name: "S1", About: "stage 1"}, {Name: "S2", About: "stage 2, the init"}},
		Steps: []result.Step{
			{Kind: result.StepClones, By: "R", To: "S0"},
			{Kind: result.StepDoes, By: "R", To: "S0", Name: "cgroup"},
			{Kind: result.StepReleases, By: "R", To: "S0", Name: "bootstrap", Primitive: "unix-stream"},
			{Kind: result.StepClones, By: "S0", To: "S1"},
			{Kind: result.StepDoes, By: "S1", Name: "unshare", Namespaces: []string{"user"}},
			{Kind: result.StepReleases, By: "S1", To: "S0", Name: "usermap-pls", Primitive: "unix-stream"},
			{Kind: result.StepDoes, By: "S0", To: "S1", Name: "maps"},
			{Kind: result.StepReleases, By: "S0", To: "S1", Name: "usermap-ack", Primitive: "unix-stream", Note: "a map must be written by a process outside"},
			{Kind: result.StepDoes, By: "S1", Name: "ids"},
			{Kind: result.StepDoes, By: "S1", Name: "unshare", Namespaces: []string{"ipc", "net", "mnt", "pid", "uts"}},
			{Kind: result.StepClones, By: "S1", To: "S2"},
			{Kind: result.StepReleases, By: "S1", To: "S0", Name: "recvpid", Primitive: "unix-stream"},
			{Kind: result.StepExits, By: "S1"},
			{Kind: result.StepReaps, By: "S0", To: "S1"},
			{Kind: result.StepReleases, By: "S0", To: "S2", Name: "grandchild", Primitive: "unix-stream"},
			{Kind: result.StepExits, By: "S0"},
			{Kind: result.StepReaps, By: "R", To: "S0"},
			{Kind: result.StepReleases, By: "R", To: "S2", Name: "config", Primitive: "unix-stream"},
			{Kind: result.StepDoes, By: "S2", Name: "root"},
			{Kind: result.StepReleases, By: "S2", To: "R", Name: "ready", Primitive: "unix-stream"},
			{Kind: result.StepReleases, By: "R", To: "S2", Name: "start", Primitive: "fifo"},
			{Kind: result.StepExecutes, By: "S2"},
		},
		LeftOut: []string{"link: /proc/sys/net is not there"},
	}
	with := func(p result.Profile, primitive string) result.Profile {
		p.With = primitive
		p.Steps = append([]result.Step(nil), p.Steps...)
		for i := range p.Steps {
			if p.Steps[i].Kind == result.StepReleases {
				p.Steps[i].Primitive = primitive
			}
		}
		return p
	}
	idle := staged
	idle.Work, idle.LeftOut = "none", nil
	return []result.Profile{
		seed, with(seed, "eventfd"), staged, with(staged, "eventfd"), with(staged, "spin"), idle,
		{Name: "podman-conmon", Work: "all", About: "a helper that outlives its parent", Source: "podman c6580b4a", Processes: seed.Processes, Unavailable: "cgroup v2 is not mounted."},
	}
}

// played is one handshake of a profile, as processes would go through its steps on a
// machine with a CPU for each of them. Times of work, clones and releases come from cost.
func played(p result.Profile, cost func(s result.Step) int64) (total int64, all []result.Stamps) {
	now := map[string]int64{} // of each process
	armed := map[int]int64{}
	ended := map[string]int64{}
	all = make([]result.Stamps, len(p.Steps))
	one := func(ns int64) []int64 { total = max(total, ns); return []int64{ns} }
	for i, s := range p.Steps {
		at := now[s.By]
		switch s.Kind {
		case result.StepClones:
			took := cost(s)
			all[i] = result.Stamps{BeginNS: one(at), EndNS: one(at + took), ResumedNS: one(at + took + took/4)}
			now[s.By], now[s.To] = at+took+200, at+took+took/4+300
		case result.StepDoes:
			took := cost(s)
			all[i] = result.Stamps{BeginNS: one(at), EndNS: one(at + took)}
			now[s.By] = at + took + 100
		case result.StepReleases:
			took, waits := cost(s), now[s.To]
			armed[i] = waits
			resumed := max(at+took, waits+took/8+1)
			slept := int64(0)
			if waits < at {
				slept = 1
			}
			all[i] = result.Stamps{BeginNS: one(at), EndNS: one(at + took/2 + 1), ArmedNS: one(waits), ResumedNS: one(resumed), Slept: []int64{slept}}
			now[s.By], now[s.To] = at+took/2+100, resumed+100
		case result.StepReaps:
			end := max(at, ended[s.To]) + cost(s)
			all[i] = result.Stamps{BeginNS: one(at), EndNS: one(end)}
			now[s.By] = end + 100
		default:
			all[i] = result.Stamps{BeginNS: one(at)}
			ended[s.By] = at
		}
	}
	return total, all
}

// handshakes makes a section of the made-up profiles, in so many rounds.
func handshakes(rounds int) []result.Record {
	head := header()
	head.Started = head.Started.Add(2 * time.Hour)
	head.Command = []string{"nsbench", "handshake", "--out", "both"}
	head.Plan = result.Plan{Iterations: rounds, Block: 1, Warmup: 1, Threshold: 0.02, Profiles: madeProfiles()}
	records := []result.Record{head}
	random := rand.New(rand.NewPCG(1, 2))
	visits := 0
	for round := range rounds + 1 {
		for at, p := range head.Plan.Profiles {
			if p.Unavailable != "" {
				continue
			}
			total, steps := played(p, func(s result.Step) int64 { return madeCost(random, p, s) })
			h := &result.Handshake{
				Round: round, Place: at, Profile: at, Warmup: round == 0, TotalNS: []int64{total}, Steps: steps,
				Outcome: []string{result.OutcomeReleased}, Wrong: []string{""},
			}
			if at == 2 && round%50 == 7 {
				h.Outcome[0] = result.OutcomeHung
			}
			records, visits = append(records, h), visits+1
		}
	}
	return append(records, &result.End{Finished: head.Started.Add(time.Minute), Ended: result.EndedComplete, Blocks: visits, Samples: visits})
}

func madeCost(random *rand.Rand, p result.Profile, s result.Step) int64 {
	center := 20_000.0
	switch {
	case s.Kind == result.StepClones:
		center = 150_000
	case s.Kind == result.StepReaps:
		center = 25_000
	case s.Kind == result.StepDoes && p.Work == "none":
		center = 60
	case s.Kind == result.StepDoes:
		center = map[string]float64{"job": 10_000, "maps": 90_000, "unshare": 60_000, "root": 120_000, "cgroup": 40_000}[s.Name]
		center = max(center, 4_000)
	case s.Primitive == "spin":
		center = 700
	case s.Primitive == "eventfd":
		center = 14_000
	}
	return int64(center * (0.85 + 0.4*random.ExpFloat64()))
}

// broken makes a section of what becomes of two of the profiles.
func broken() []result.Record {
	head := header()
	head.Started = head.Started.Add(3 * time.Hour)
	head.Command = []string{"nsbench", "handshake", "--breaks", "--out", "both"}
	all := madeProfiles()
	head.Plan = result.Plan{Trials: 5, Profiles: []result.Profile{all[0], all[2], all[6]}}
	records := []result.Record{head}
	for at, p := range head.Plan.Profiles[:2] {
		after := []string{""}
		for _, s := range p.Steps {
			if s.Kind == result.StepReleases {
				after = append(after, s.Name)
			}
		}
		for _, process := range p.Processes {
			for i, stage := range after {
				records = append(records, madeBreak(at, p, process.Name, stage, i))
			}
		}
		for _, s := range p.Steps {
			if s.Kind == result.StepReleases {
				b := &result.Break{Profile: at, Break: result.BreakDrop, Side: s.By, Stage: s.Name, Trials: 5, Verdict: result.VerdictWhole, Results: []result.BreakResult{{Verdict: result.VerdictWhole, N: 5}}}
				if strings.Contains(s.Name, "ack") || s.Name == "go" {
					b.Verdict = result.VerdictOpen
					b.Results = []result.BreakResult{{Verdict: result.VerdictOpen, N: 5, Wrong: []string{"maps missing"}}}
				}
				records = append(records, b)
			}
		}
	}
	return append(records, &result.End{Finished: head.Started.Add(time.Minute), Ended: result.EndedComplete})
}

func madeBreak(at int, p result.Profile, side, stage string, i int) *result.Break {
	b := &result.Break{Profile: at, Break: result.BreakKill, Side: side, Stage: stage, Trials: 5}
	whole := result.BreakResult{Verdict: result.VerdictWhole, N: 5}
	closed := result.BreakResult{Verdict: result.VerdictClosed, N: 5, Ended: []string{"S0: parent-gone at read(sync, 1)"}}
	hangs := result.BreakResult{Verdict: result.VerdictHangs, N: 5, Hung: []string{"R: read(sync, 4)"}}
	open := result.BreakResult{Verdict: result.VerdictOpen, N: 5, Wrong: []string{"job not done"}}
	switch {
	case p.Name == "seed" && side == "P" && stage == "":
		b.Verdict, b.Results = open.Verdict, []result.BreakResult{open}
	case p.Name == "seed" && side == "P":
		b.Verdict, b.Results = whole.Verdict, []result.BreakResult{whole}
	case side == "S1" && stage == "usermap-pls":
		open.N, hangs.N = 3, 2
		open.Wrong = []string{"maps missing"}
		b.Verdict, b.Results = open.Verdict, []result.BreakResult{open, hangs}
	case side == "R" && i > 3:
		b.Verdict, b.Results = hangs.Verdict, []result.BreakResult{hangs}
	case side == "S2" && i < 4:
		b.Trials, b.Reason = 0, "S2 is not there yet."
	case side == "S0" && i > 5:
		b.Verdict, b.Results = whole.Verdict, []result.BreakResult{whole}
	default:
		b.Verdict, b.Results = closed.Verdict, []result.BreakResult{closed}
	}
	return b
}

// shaken is a record of handshakes and of what breaks them.
func shaken(t testing.TB, rounds int) []byte {
	t.Helper()
	var out bytes.Buffer
	for _, section := range [][]result.Record{handshakes(rounds), broken()} {
		w := result.NewWriter(&out)
		for _, record := range section {
			if err := w.Write(record); err != nil {
				t.Fatal(err)
			}
		}
	}
	return out.Bytes()
}
