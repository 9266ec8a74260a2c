//go:build linux

package bench

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/nsbench/nsbench/bench/condition"
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/sync/gate"
)

// BenchmarkRelease has one benchmark per primitive. ns/op is a whole cycle:
// gate, clone, hold, release, reap. p50-ns and p99-ns are those of the release
// latency, over the valid samples.
func BenchmarkRelease(b *testing.B) {
	for _, p := range gate.All() {
		b.Run(p.Name, func(b *testing.B) { benchmarkRelease(b, p) })
	}
}

func benchmarkRelease(b *testing.B, p gate.Primitive) {
	cpus, err := UsableCPUs()
	if err != nil {
		b.Fatal(err)
	}
	plan := Plan{
		Series: []Series{{Primitive: p, Conditions: Conditions{
			Namespaces: launch.UTS | launch.IPC,
			Placement:  CrossCPU,
			Hold:       200 * time.Microsecond,
			Children:   1,
			Idle:       condition.Natural,
		}}},
		Iterations: b.N,
		Stages:     1,
	}
	if len(cpus) < 2 {
		plan.Series[0].Placement = SameCPU
	}
	report(b, cycles(b, plan))
}

// cycles has as many children of a plan's only series released as the benchmark
// asks for.
func cycles(b *testing.B, plan Plan) *result.Block {
	b.Helper()
	s, err := newSession(plan)
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := s.close(); err != nil {
			b.Error(err)
		}
	}()
	block := &result.Block{}
	random := rand.New(rand.NewPCG(1, 2))
	b.ResetTimer()
	defer b.StopTimer()
	for range b.N {
		g, err := s.group(context.Background(), &s.scenes[0], 1, random, false)
		if err != nil {
			b.Fatal(err)
		}
		s.appendGroup(block, &g)
	}
	return block
}

// BenchmarkCycle has one benchmark for each launcher that clones and each
// placement: a gate, a child, its release at once, and its reaping, which is what
// scripts/throughput holds against C.
func BenchmarkCycle(b *testing.B) {
	for _, kind := range []launch.Kind{launch.Clone, launch.VM} {
		for _, placement := range []Placement{SameCPU, CrossCPU} {
			b.Run(kind.String()+"/"+string(placement), func(b *testing.B) {
				plan := Plan{
					Series: Axes{
						Primitives: []gate.Primitive{gate.PipeEOF},
						Launchers:  []launch.Kind{kind},
						Namespaces: []launch.Namespaces{launch.UTS | launch.IPC},
						Placements: []Placement{placement},
					}.Series(),
					Iterations: b.N, Stages: 1,
				}
				b.ReportAllocs()
				cycles(b, plan)
			})
		}
	}
}

func report(b *testing.B, block *result.Block) {
	invalid := map[int]bool{}
	for _, m := range block.Invalid {
		invalid[m.Sample] = true
	}
	var valid []int64
	for i, ns := range block.ReleaseNS {
		if !invalid[i] {
			valid = append(valid, ns)
		}
	}
	b.ReportMetric(float64(len(block.Invalid)), "invalid")
	if len(valid) == 0 {
		return
	}
	slices.Sort(valid)
	b.ReportMetric(float64(valid[(len(valid)-1)*50/100]), "p50-ns")
	b.ReportMetric(float64(valid[(len(valid)-1)*99/100]), "p99-ns")
}
