package reports_test

import (
	"bytes"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

var update = flag.Bool("update", false, "write the recorded run and the golden files anew")

// open reads a record of testdata. With -update the recorded run is made
// first, from a fixed seed: it stands in for a run of 8 primitives on two CPUs.
func open(t *testing.T, name string) []byte {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update && name == "run.jsonl" {
		save(t, path, recorded(t))
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func save(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

func gather(t *testing.T, record []byte) *reports.Report {
	t.Helper()
	rep, err := reports.Gather(bytes.NewReader(record))
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// encode writes records as a log.
func encode(t *testing.T, records ...result.Record) []byte {
	t.Helper()
	var out bytes.Buffer
	w := result.NewWriter(&out)
	for _, r := range records {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// A behaviour is how a made-up primitive is drawn.
type behaviour struct {
	primitive, family string
	blocking          bool
	first, later      float64 // medians, ns
	spread            float64 // of the logarithm
	signal            float64
}

var behaviours = []behaviour{
	{"pipe-eof", "pipe", true, 17800, 15900, 0.16, 1900},
	{"pipe-byte", "pipe", true, 17300, 15500, 0.16, 1700},
	{"eventfd", "eventfd", true, 16600, 14900, 0.15, 1500},
	{"sigwait", "signal", true, 20900, 18800, 0.20, 2300},
	{"futex", "memory", true, 14900, 13200, 0.14, 1300},
	{"spin", "memory", false, 126, 98, 0.10, 22},
	{"spin-yield", "memory", false, 510, 440, 0.25, 24},
	{"unix-stream", "socket", true, 22800, 20400, 0.18, 2800},
}

const (
	rounds   = 41 // the first is warm-up
	children = 10
	stages   = 2
)

// recorded makes a run of all behaviours.
func recorded(t *testing.T) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	head := header()
	for _, b := range behaviours {
		head.Plan.Series = append(head.Plan.Series, result.Series{
			Primitive: b.primitive, Family: b.family, Blocking: b.blocking,
			Launcher: "clone", Namespaces: []string{"uts", "ipc"}, Placement: "cross-cpu", HoldNS: 200000,
		})
	}
	records := []result.Record{head}
	samples := 0
	for round := range rounds {
		for place, series := range rng.Perm(len(behaviours)) {
			block := block(rng, behaviours[series])
			block.Round, block.Place, block.Series, block.Warmup = round, place, series, round == 0
			samples += len(block.ReleaseNS)
			records = append(records, block)
		}
	}
	records = append(records, &result.End{
		Finished: head.Started.Add(19 * time.Second), Ended: result.EndedComplete,
		Blocks: rounds * len(behaviours), Samples: samples, Hz: head.Clock.Hz,
	})
	return encode(t, records...)
}

func header() *result.Header {
	return &result.Header{
		Schema:  result.Schema,
		Version: "0.1.0",
		Started: time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC),
		Command: []string{"nsbench", "run", "--iterations", "800", "--stages", "2"},
		Seed:    20260314,
		Plan:    result.Plan{Iterations: (rounds - 1) * children * stages, Stages: stages, Block: children, Warmup: 1},
		Environment: result.Environment{
			Host: "bench-one", OS: "linux", Arch: "amd64", Kernel: "6.18.2 #1 SMP PREEMPT_DYNAMIC",
			Cmdline: "console=ttyS0 root=/dev/vda1", Go: "go1.26.0", CPU: "AMD EPYC 9R14", CPUs: 2, ParentCPU: 0, ChildCPU: 1,
			VM: "kvm", Governor: "performance", IdleDriver: "haltpoll", IdlePolicy: "haltpoll", SMT: "off", Clock: "kvm-clock",
			THP: "madvise", LoadAvg: "0.08 0.03 0.01",
			Disturbances: []result.Disturbance{
				{Check: "pinning", Status: "ok", Found: "both CPUs can be pinned"},
				{Check: "vm", Status: "warn", Found: "this is a virtual machine (kvm)", Effect: "an idle CPU that halts leaves the guest, which adds 15 to 25 us to a wakeup across CPUs"},
				{Check: "loadavg", Status: "warn", Found: "load average 0.94", Effect: "other processes take the CPUs under test", Fix: "stop them, or wait"},
				{Check: "cgroup-cpu", Status: "unknown", Found: "cpu.max could not be read", Effect: "a CPU limit would throttle the child"},
			},
		},
		Clock: result.Clock{Source: "tsc", Hz: 2595123456, NullNS: 31, StepNS: 9, OffsetNS: 12},
	}
}

// block draws one block of a behaviour.
func block(rng *rand.Rand, b behaviour) *result.Block {
	out := &result.Block{}
	around := func(median, spread float64) int64 {
		return int64(math.Round(median * math.Exp(spread*rng.NormFloat64())))
	}
	for range children {
		for stage := range stages {
			median := b.later
			if stage == 0 {
				median = b.first
			}
			if b.primitive == "futex" && rng.Float64() < 0.3 {
				median *= 0.55 // a second mode: the waiter's CPU was still polling
			}
			release := around(median, b.spread)
			if rng.Float64() < 0.012 {
				release += int64(9e4 * rng.ExpFloat64())
			}
			hold := int64(100000 + rng.IntN(200001))
			used, voluntary := around(4200, 0.1), int64(1)
			if !b.blocking {
				used, voluntary = hold+release-around(300, 0.3), 0
			}
			if b.primitive == "sigwait" && rng.Float64() < 0.02 {
				voluntary = 0
				out.Invalid = append(out.Invalid, result.Mark{Sample: len(out.ReleaseNS), Reason: result.ReasonNotBlocked})
			}
			out.Stage = append(out.Stage, int64(stage+1))
			out.HoldNS = append(out.HoldNS, hold)
			out.ReleaseNS = append(out.ReleaseNS, release)
			out.SignalNS = append(out.SignalNS, around(b.signal, 0.1))
			out.WaitCPUNS = append(out.WaitCPUNS, used)
			out.Voluntary = append(out.Voluntary, voluntary)
			out.Involuntary = append(out.Involuntary, 0)
			out.ParentCPU = append(out.ParentCPU, 0)
			out.ChildCPU = append(out.ChildCPU, 1)
		}
		out.CloneNS = append(out.CloneNS, around(121000, 0.1))
		out.StartupNS = append(out.StartupNS, around(262000, 0.1))
		out.CycleNS = append(out.CycleNS, around(990000, 0.1))
	}
	return out
}

// one is a block of one child for series, with the given latencies as its
// stages.
func one(series int, release ...int64) *result.Block {
	b := &result.Block{Series: series, CloneNS: []int64{1000}, StartupNS: []int64{2000}, CycleNS: []int64{3000}}
	for i, ns := range release {
		b.ReleaseNS = append(b.ReleaseNS, ns)
		b.Stage = append(b.Stage, int64(i+1))
		b.HoldNS = append(b.HoldNS, 1000)
		b.SignalNS = append(b.SignalNS, 100)
		b.WaitCPUNS = append(b.WaitCPUNS, 50)
		b.Voluntary = append(b.Voluntary, 1)
		b.Involuntary = append(b.Involuntary, 0)
		b.ParentCPU = append(b.ParentCPU, 0)
		b.ChildCPU = append(b.ChildCPU, 1)
	}
	return b
}

// planned is a header for the given primitives, on one placement, blocking all
// but spin.
func planned(stages int, primitives ...string) *result.Header {
	head := header()
	head.Plan.Stages = stages
	for _, p := range primitives {
		head.Plan.Series = append(head.Plan.Series, result.Series{
			Primitive: p, Family: "other", Blocking: p != "spin", Launcher: "clone", Namespaces: []string{"uts"}, Placement: "cross-cpu", HoldNS: 1000,
		})
	}
	return head
}
