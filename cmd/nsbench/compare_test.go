package main

import (
	"errors"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/nsbench/nsbench/bench/result"
)

// The runs that makeRun makes: each series has so many samples.
const (
	madeRounds = 50
	madeBlock  = 30
)

// makeRun writes the record of a run that never was, so that scripts have runs whose
// difference is known: made FILE SEED KERNEL PRIMITIVE[/LAUNCHER]=MEDIAN-NS...
func makeRun(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 {
		ts.Fatalf("usage: made FILE SEED KERNEL PRIMITIVE[/LAUNCHER]=MEDIAN-NS...")
	}
	seed, err := strconv.ParseUint(args[1], 10, 64)
	ts.Check(err)
	head := &result.Header{
		Schema: result.Schema, Version: "0.1.0", Started: time.Unix(int64(seed), 0).UTC(), Command: []string{"nsbench", "run"}, Seed: seed,
		Plan:        result.Plan{Iterations: madeRounds * madeBlock, Stages: 1, Block: madeBlock},
		Environment: result.Environment{Host: "h", OS: "linux", Arch: "amd64", Kernel: args[2], CPUs: 2, ChildCPU: 1},
		Clock:       result.Clock{Source: "tsc", Hz: 1e9, NullNS: 30, StepNS: 9},
	}
	var medians []int64
	for _, arg := range args[3:] {
		name, median, _ := strings.Cut(arg, "=")
		primitive, launcher, ok := strings.Cut(name, "/")
		if !ok {
			launcher = "clone"
		}
		ns, err := strconv.ParseInt(median, 10, 64)
		ts.Check(err)
		medians = append(medians, ns)
		head.Plan.Series = append(head.Plan.Series, result.Series{
			Primitive: primitive, Family: "pipe", Blocking: true, Launcher: launcher, Namespaces: []string{"uts"}, Placement: "same-cpu", HoldNS: 200_000,
		})
	}
	file, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	w, rng := result.NewWriter(file), rand.New(rand.NewPCG(seed, 1))
	ts.Check(w.Write(head))
	for round := range madeRounds {
		for series, median := range medians {
			ts.Check(w.Write(blockAround(rng, round, series, median)))
		}
	}
	blocks := madeRounds * len(medians)
	err = w.Write(&result.End{Finished: head.Started, Ended: result.EndedComplete, Blocks: blocks, Samples: blocks * madeBlock, Hz: 1e9})
	ts.Check(errors.Join(err, file.Close()))
}

// blockAround is a block of releases that take within a tenth of the median.
func blockAround(rng *rand.Rand, round, series int, median int64) *result.Block {
	b := &result.Block{Round: round, Place: series, Series: series}
	for range madeBlock {
		for column, ns := range map[*[]int64]int64{
			&b.Stage: 1, &b.HoldNS: 200_000, &b.ReleaseNS: 0, &b.SignalNS: 900, &b.WaitCPUNS: 4000, &b.Voluntary: 1, &b.Involuntary: 0,
			&b.ParentCPU: 0, &b.ChildCPU: 1, &b.CloneNS: 70_000, &b.StartupNS: 90_000, &b.CycleNS: 400_000,
		} {
			*column = append(*column, ns)
		}
		b.ReleaseNS[len(b.ReleaseNS)-1] = median*9/10 + rng.Int64N(median/5+1)
	}
	return b
}
