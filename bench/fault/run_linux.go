//go:build amd64 || arm64

package fault

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/nsbench/nsbench/bench/condition"
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/trial"
)

// Run finds a matrix out and has it recorded: a header, which about begins with the
// members that this package does not know; a behaviour for each cell, when its last
// trial is done; and an end. It works on the thread of a launcher, so it is not called
// while another launcher lives in this process.
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
	close, err := r.openQuota(pool.AddsUser())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, close()) }()
	about.Plan = plan.record()
	about.Environment.UserNS = pool.AddsUser()
	about.Environment.ParentCPU, about.Environment.ChildCPU = -1, -1
	about.Clock = result.Clock{Source: "clock_gettime", Hz: 1e9}
	if err := o.Record(&about); err != nil {
		return err
	}
	r.prepare()
	err = r.carryOut(ctx, pool)
	return errors.Join(err, r.finish(ctx, err))
}

// A run is under way.
type run struct {
	plan     Plan
	observer Observer
	quota    *condition.QuotaGroup
	noQuota  error
	cells    []*cell
	total    int // trials
	done     int
	written  int // cells
}

// openQuota makes the control group for the children that have a quota, if a fault
// asks for one. Where it is not to be had, its cells are unavailable: as they are to
// one who needs a user namespace for others, and whose fork a launcher is in the way
// of, see program.Withheld.
func (r *run) openQuota(unprivileged bool) (close func() error, err error) {
	limits := false
	for _, f := range r.plan.Faults {
		limits = limits || f.limits
	}
	if !limits || unprivileged {
		r.noQuota = errors.New("a control group with a quota takes privileges: run it as root")
		return func() error { return nil }, nil
	}
	l, err := launch.New()
	if err != nil {
		return nil, err
	}
	if r.quota, err = condition.Quota(quotaShare).Open(l); err != nil {
		r.quota, r.noQuota = nil, err
		return l.Close, nil
	}
	return func() error { return errors.Join(r.quota.Close(), l.Close()) }, nil
}

// prepare lays the cells out.
func (r *run) prepare() {
	for _, p := range r.plan.Primitives {
		for _, f := range r.plan.Faults {
			r.cells = append(r.cells, &cell{primitive: p, fault: f, reports: make([]report, r.plan.Trials), missing: r.plan.Trials})
		}
	}
	r.total = len(r.cells) * r.plan.Trials
}

// A place is one trial of a cell.
type place struct {
	cell  *cell
	trial int
}

// carryOut carries the trials out: the first of each cell, which tells whether there
// are to be more, and then the others, cell by cell.
func (r *run) carryOut(ctx context.Context, pool *trial.Pool) error {
	var first, rest []place
	for _, c := range r.cells {
		if c.fault.limits && r.quota == nil {
			if err := r.tell(place{c, 0}, trial.Report{Unavailable: r.noQuota.Error()}); err != nil {
				return err
			}
			continue
		}
		first = append(first, place{c, 0})
	}
	if err := r.try(ctx, pool, first); err != nil {
		return err
	}
	for _, c := range r.cells {
		if c.missing == 0 {
			continue
		}
		for t := 1; t < r.plan.Trials; t++ {
			rest = append(rest, place{c, t})
		}
	}
	return r.try(ctx, pool, rest)
}

func (r *run) try(ctx context.Context, pool *trial.Pool, places []place) error {
	trials := make([]trial.Trial, len(places))
	for i, at := range places {
		trials[i] = trial.Trial{
			Script: scriptOf(at.cell.fault.Name), Primitive: at.cell.primitive.Name, Args: r.args(at),
			Deadline: r.plan.Deadline, Alone: at.cell.fault.alone,
		}
	}
	return pool.Run(ctx, trials, func(i int, rep trial.Report) error { return r.tell(places[i], rep) })
}

func (r *run) args(at place) []string {
	switch {
	case at.cell.fault.limits:
		return []string{r.quota.Procs()}
	case at.cell.fault.kinds > 1:
		return []string{strconv.Itoa(at.trial % at.cell.fault.kinds)}
	}
	return nil
}

// tell notes what a trial came to, and records the cell when it was the last.
func (r *run) tell(at place, rep trial.Report) error {
	c := at.cell
	c.reports[at.trial] = report{rep, true}
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
	return r.record(c)
}

func (r *run) record(c *cell) error {
	r.written++
	return r.observer.Record(c.behaviour())
}

// finish records the cells that are not whole, and the end.
func (r *run) finish(ctx context.Context, why error) (err error) {
	end := result.End{Finished: time.Now(), Ended: result.EndedComplete}
	if why != nil {
		end.Ended, end.Error = result.EndedFailed, why.Error()
		if ctx.Err() != nil {
			end.Ended = result.EndedInterrupted
		}
		for _, c := range r.cells {
			if c.missing > 0 && c.missing < r.plan.Trials {
				err = errors.Join(err, r.record(c))
			}
		}
	}
	end.Hz = 1e9
	return errors.Join(err, r.observer.Record(&end))
}
