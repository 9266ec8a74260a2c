package bench

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/sync/gate"
)

// openPlan may end before its ten rounds, of which two are of warm-up.
func openPlan() Plan {
	p := validPlan()
	p.each(gate.PipeEOF, gate.Futex)
	p.Iterations, p.Block, p.Warmup, p.MaxTime = 8, 1, 2, time.Hour
	return p
}

// After each round that counts it is asked whether that was enough, and a whole
// round is the last.
func TestEnoughEndsARun(t *testing.T) {
	rec := &recording{}
	var asked, blocks []int
	err := carryOut(t, t.Context(), openPlan(), Observer{Record: rec.record, Enough: func(rounds int) string {
		asked, blocks = append(asked, rounds), append(blocks, len(rec.blocks))
		if rounds == 3 {
			return result.StoppedPrecision
		}
		return ""
	}})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(asked, []int{1, 2, 3}) || !slices.Equal(blocks, []int{6, 8, 10}) || len(rec.blocks) != 10 {
		t.Errorf("asked after rounds %v, with %v blocks, of %d", asked, blocks, len(rec.blocks))
	}
	if e := rec.end; e.Ended != result.EndedComplete || e.Stopped != result.StoppedPrecision || e.Blocks != 10 || e.Samples != 10 {
		t.Errorf("the end is %+v", e)
	}
	if p := rec.header.Plan; p.MaxTimeNS != time.Hour.Nanoseconds() {
		t.Errorf("the plan is recorded as %+v", p)
	}
	rec.readBack(t)
}

func TestStoppedByIterations(t *testing.T) {
	for why, change := range map[string]func(*Plan, *Observer){
		result.StoppedIterations: func(*Plan, *Observer) {},
		result.StoppedPrecision: func(_ *Plan, o *Observer) {
			o.Enough = func(rounds int) string {
				if rounds == 8 { // the last
					return result.StoppedPrecision
				}
				return ""
			}
		},
		"": func(p *Plan, _ *Observer) { p.MaxTime = 0 },
	} {
		p, rec := openPlan(), &recording{}
		o := Observer{Record: rec.record}
		change(&p, &o)
		if err := carryOut(t, t.Context(), p, o); err != nil {
			t.Fatal(err)
		}
		if rec.end.Stopped != why || len(rec.blocks) != 20 {
			t.Errorf("stopped by %q after %d blocks, want by %q after 20", rec.end.Stopped, len(rec.blocks), why)
		}
	}
}

// A run that was interrupted was not stopped.
func TestInterruptedIsNotStopped(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("enough of it")
	rec := &recording{}
	err := carryOut(t, ctx, openPlan(), Observer{Record: rec.record, Enough: func(int) string { cancel(cause); return "" }})
	if !errors.Is(err, cause) || rec.end.Ended != result.EndedInterrupted || rec.end.Stopped != "" {
		t.Errorf("Run = %v, the end is %+v", err, rec.end)
	}
}
