//go:build amd64 || arm64

package isolation

import (
	"context"
	"errors"
	"time"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/trial"
)

// Run finds the matrix out and has it recorded: a header, which about begins with the
// members that this package does not know; a behaviour for each cell, when its last
// trial is done; and an end.
//
// The error is that of the plan, of the observer, of the trials themselves, or the
// context's cause. A run that ends early has recorded what cells it has, those that
// are not whole with the trials that were done.
func Run(ctx context.Context, plan Plan, about result.Header, o Observer) (err error) {
	if err := plan.Check(); err != nil {
		return err
	}
	pool, err := trial.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	r := &run{plan: plan, observer: o}
	about.Plan = plan.record()
	about.Environment.UserNS = pool.AddsUser()
	about.Environment.ParentCPU, about.Environment.ChildCPU = -1, -1
	about.Clock = result.Clock{Source: "clock_gettime", Hz: 1e9}
	if err := o.Record(&about); err != nil {
		return err
	}
	err = r.carryOut(ctx, pool)
	return errors.Join(err, r.finish(ctx, err))
}

// A run is under way.
type run struct {
	plan        Plan
	observer    Observer
	cells       []*cell
	done, total int // trials
}

// carryOut carries the trials out: the first of each cell, which tells whether there
// are to be more, and then the others, cell by cell.
func (r *run) carryOut(ctx context.Context, pool *trial.Pool) error {
	for _, p := range r.plan.Primitives {
		for _, s := range r.plan.columns() {
			for _, w := range Ways() {
				r.cells = append(r.cells, &cell{primitive: p, space: s, way: w, missing: r.plan.Trials})
			}
		}
	}
	r.total = len(r.cells) * r.plan.Trials
	if err := r.try(ctx, pool, r.cells); err != nil {
		return err
	}
	var rest []*cell
	for _, c := range r.cells {
		for range c.missing {
			rest = append(rest, c)
		}
	}
	return r.try(ctx, pool, rest)
}

// try has one trial of each of the cells carried out.
func (r *run) try(ctx context.Context, pool *trial.Pool, cells []*cell) error {
	trials := make([]trial.Trial, len(cells))
	for i, c := range cells {
		trials[i] = trial.Trial{Script: scriptName, Primitive: c.primitive.Name, Args: []string{c.space.Name, c.way}, Deadline: r.plan.Deadline}
	}
	return pool.Run(ctx, trials, func(i int, rep trial.Report) error { return r.tell(cells[i], rep) })
}

// tell notes what a trial came to, and records the cell when it was the last.
func (r *run) tell(c *cell, rep trial.Report) error {
	c.reports = append(c.reports, rep)
	n := 1
	if rep.Unavailable != "" {
		n = c.missing
	}
	c.missing -= n
	r.done += n
	if r.observer.Progress != nil {
		r.observer.Progress(r.done, r.total)
	}
	if c.missing > 0 {
		return nil
	}
	return r.observer.Record(c.behaviour())
}

// finish records the cells that are not whole, and the end.
func (r *run) finish(ctx context.Context, why error) (err error) {
	end := result.End{Finished: time.Now(), Ended: result.EndedComplete, Hz: 1e9}
	if why != nil {
		end.Ended, end.Error = result.EndedFailed, why.Error()
		if ctx.Err() != nil {
			end.Ended = result.EndedInterrupted
		}
		for _, c := range r.cells {
			if c.missing > 0 && len(c.reports) > 0 {
				err = errors.Join(err, r.observer.Record(c.behaviour()))
			}
		}
	}
	return errors.Join(err, r.observer.Record(&end))
}
