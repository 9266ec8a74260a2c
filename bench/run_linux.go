package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/sync/program"
)

// Run carries a plan out and yields a header, the blocks, and an end. When the
// context is done, the children are killed, the block under way is yielded
// with those of its children that were through, and the error is the context's
// cause. The error of a clone that was refused is a *launch.CloneError.
func Run(ctx context.Context, plan Plan, about About, o Observer) (err error) {
	s, err := newSession(plan)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }() // at a panic of the observer, too
	return s.run(ctx, about, o)
}

// A run is a session on its way through the rounds.
type run struct {
	*session
	observer        Observer
	began           time.Time
	blocks, samples int
	inAll           int // blocks of the plan
	garbage         int // releases since it was collected
	stopped         string
}

// planned is the plan as the record keeps it.
func (s *session) planned() result.Plan {
	p := result.Plan{
		Iterations: s.plan.Iterations, Stages: s.plan.Stages, Block: s.plan.block(), Warmup: s.plan.Warmup, Payload: s.plan.Payload,
		Precision: s.plan.Precision, MaxTimeNS: s.plan.MaxTime.Nanoseconds(),
		Baseline: s.plan.Baseline, Threshold: s.plan.Threshold,
	}
	for i := range s.scenes {
		p.Series = append(p.Series, s.scenes[i].record(s.scenes[i].namespaces))
	}
	return p
}

func (s *session) run(ctx context.Context, about About, o Observer) error {
	stop := context.AfterFunc(ctx, s.launcher.Kill)
	defer stop()
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // collected between blocks instead

	r := &run{session: s, observer: o, began: time.Now(), inAll: s.plan.blocks()}
	header, err := r.header(about)
	if err == nil {
		err = r.yield(header)
	}
	if err != nil {
		return err
	}
	err = r.rounds(ctx)
	return errors.Join(err, r.yield(r.end(ctx, err)))
}

func (r *run) yield(rec result.Record) error {
	if r.observer.Record == nil {
		return nil
	}
	return r.observer.Record(rec)
}

func (r *run) header(about About) (*result.Header, error) {
	clock := r.clock.Record()
	var err error
	if clock.NullNS, clock.StepNS, err = r.null(); err != nil {
		return nil, fmt.Errorf("null gate: %w", err)
	}
	env := about.Environment
	first := max(0, slices.IndexFunc(r.scenes, func(sc scene) bool { return sc.cpus.parent >= 0 }))
	env.ParentCPU, env.ChildCPU = r.scenes[first].cpus.parent, r.scenes[first].cpus.child
	env.KeptAwake, env.DrainedBy = string(r.means), r.drains
	for _, g := range r.quotas {
		env.QuotaBy = g.By()
	}
	env.UserNS = slices.ContainsFunc(r.scenes, func(sc scene) bool { return sc.namespaces != sc.Namespaces })
	return &result.Header{
		Schema:      result.Schema,
		Version:     about.Version,
		Started:     r.began.UTC(),
		Command:     about.Command,
		Seed:        r.plan.Seed,
		Plan:        r.planned(),
		Environment: env,
		Clock:       clock,
	}, nil
}

func (r *run) end(ctx context.Context, err error) *result.End {
	r.clock.Calibrate()
	end := result.EndOf(ctx, err)
	end.Blocks, end.Samples, end.Hz, end.Stopped = r.blocks, r.samples, int64(r.clock.Hz), r.stopped
	return &end
}

// rounds visits every series once in each round, in an order that the seed
// determines, until there is no further round or enough has been measured.
func (r *run) rounds(ctx context.Context) error {
	copies := slices.ContainsFunc(r.scenes, func(sc scene) bool { return sc.Launcher == launch.Clone })
	for round := range r.plan.rounds() {
		if copies { // for others it would do nothing but empty the caches
			if err := r.launcher.Trim(); err != nil {
				return err
			}
		}
		for place, series := range order(r.plan.Seed, round-r.plan.Warmup, len(r.scenes)) {
			if err := r.visit(ctx, &result.Block{Round: round, Place: place, Series: series, Warmup: round < r.plan.Warmup}); err != nil {
				return err
			}
		}
		if r.stopped = r.enough(round + 1 - r.plan.Warmup); r.stopped != "" {
			return nil
		}
	}
	if r.plan.Open() {
		r.stopped = result.StoppedIterations
	}
	return nil
}

// enough says why no further round is needed behind so many that count, if it
// is so. After the last round it is asked too: what was known by then is no less
// known because nothing more would have been measured.
func (r *run) enough(rounds int) (why string) {
	if rounds < 1 || r.observer.Enough == nil {
		return ""
	}
	return r.observer.Enough(rounds)
}

// visit measures a block and yields it, if there is anything in it.
func (r *run) visit(ctx context.Context, b *result.Block) error {
	sc := &r.scenes[b.Series]
	groups := r.plan.groups(sc.Series, b.Round)
	if len(groups) == 0 {
		return nil
	}
	err := r.moveTo(sc.cpus)
	if err == nil {
		err = r.under(sc, b, func() error { return r.measure(ctx, sc, groups, b) })
	}
	err = errors.Join(err, r.late.free(), r.drain(sc, b))
	r.clock.Calibrate()
	if len(b.Stage) == 0 {
		return err
	}
	r.blocks++
	r.samples += len(b.Stage)
	err = errors.Join(err, r.yield(b))
	if err == nil && r.observer.Progress != nil {
		r.observer.Progress(Progress{b.Round + 1, r.plan.rounds(), r.blocks, r.inAll, time.Since(r.began)})
	}
	return err
}

// harvest is after how many releases garbage is collected: a clone copies the
// tables of all pages that the parent has ever touched. It is not collected for
// each block, of which there are many: with all primitives that took a fifth of
// the run, and the balanced order lets it fall to every series.
const harvest = 500

func (r *run) measure(ctx context.Context, sc *scene, groups []int, b *result.Block) error {
	var hung atomic.Bool
	watchdog := time.AfterFunc(r.patience+r.plan.longest(sc.Series, groups), func() {
		hung.Store(true)
		r.launcher.Kill()
	})
	defer watchdog.Stop()
	random := rand.New(rand.NewPCG(r.plan.Seed, uint64(b.Round)<<32|uint64(b.Series)))
	for n, stages := range groups {
		if r.garbage += stages * sc.Children; r.garbage >= harvest {
			runtime.GC()
			r.garbage = 0
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if r.late.full() {
			if err := r.late.free(); err != nil {
				return err
			}
		}
		g, err := r.group(ctx, sc, stages, random, n == len(groups)-1)
		if err != nil {
			return err
		}
		if ctx.Err() != nil && !r.through(&g) {
			return context.Cause(ctx)
		}
		r.appendGroup(b, &g)
		if err := sc.broken(&g, hung.Load()); err != nil {
			return err
		}
	}
	return nil
}

// broken tells what must end the run from what is data: a child that hung, one
// that failed before its first gate, or at the payload, would be followed by
// more of them.
func (sc *scene) broken(g *group, hung bool) error {
	for i := range g.lives {
		o := g.lives[i].outcome
		ended := o.Verdict != program.Released && o.Verdict != program.Unfinished
		switch {
		case hung:
			return fmt.Errorf("%s: a child hung and was killed: %v", sc.Label(), o)
		case ended && o.Part == 0:
			return fmt.Errorf("%s: prepare the child: %v", sc.Label(), o)
		case ended && o.Part > len(g.stages):
			return fmt.Errorf("%s: the payload: %v", sc.Label(), o)
		}
	}
	return nil
}
