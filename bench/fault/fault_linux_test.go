//go:build amd64 || arm64

package fault

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/trial"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

func TestMain(m *testing.M) {
	program.Reexecuted()
	trial.Reexecuted(Scripts)
	os.Exit(m.Run())
}

func TestAll(t *testing.T) {
	n := 3
	fmt.Sscan(os.Getenv("N"), &n)
	plan := Plan{Primitives: gate.All(), Faults: All(), Trials: n, Deadline: DefaultDeadline}
	if f := os.Getenv("F"); f != "" {
		plan.Faults = nil
		for _, n := range strings.Split(f, ",") {
			x, _ := Named(n)
			plan.Faults = append(plan.Faults, x)
		}
	}
	if f := os.Getenv("P"); f != "" {
		plan.Primitives = nil
		for _, n := range strings.Split(f, ",") {
			x, _ := gate.Named(n)
			plan.Primitives = append(plan.Primitives, x)
		}
	}
	start := time.Now()
	err := Run(context.Background(), plan, result.Header{Schema: result.Schema}, Observer{Record: func(r result.Record) error {
		if b, ok := r.(*result.Behaviour); ok {
			t.Log(short(b))
		}
		return nil
	}})
	t.Log(err, time.Since(start))
}

func short(b *result.Behaviour) string {
	s := b.Fault + " " + b.Primitive + " " + b.Outcome + " " + b.Reason
	for _, r := range b.Results {
		s += fmt.Sprintf(" [%d %s %s%s %s %v %s]", r.N, r.Outcome, r.Errno, r.Signal, r.At, r.Early, r.Note)
	}
	return s
}
