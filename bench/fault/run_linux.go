//go:build amd64 || arm64

package fault

import (
	"context"
	"errors"
	"strconv"

	"github.com/nsbench/nsbench/bench/condition"
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/trial"
	"github.com/nsbench/nsbench/sync/gate"
)

// Run finds a matrix out and has it recorded, as [trial.Pool.FindOut] does. It works on
// the thread of a launcher, so it is not called while another launcher lives in this
// process. The error may be that of the plan, too.
func Run(ctx context.Context, plan Plan, about result.Header, r trial.Recorder) (err error) {
	if err := plan.Check(); err != nil {
		return err
	}
	pool, err := trial.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	q, err := plan.openQuota(pool.AddsUser())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, q.close()) }()
	return pool.FindOut(ctx, plan.matrix(q), about, r)
}

// matrix lays the cells out.
func (p Plan) matrix(q *quota) trial.Matrix {
	m := trial.Matrix{Plan: p.record()}
	for _, prim := range p.Primitives {
		for _, f := range p.Faults {
			c := cellOf(prim, f)
			c.Trial = func(n int) trial.Trial { return p.trialOf(prim, f, q, n) }
			if f.limits && q.group == nil {
				c.Unavailable = q.none.Error()
			}
			m.Cells = append(m.Cells, c)
		}
	}
	return m
}

// trialOf is the nth trial of a cell.
func (p Plan) trialOf(prim gate.Primitive, f Fault, q *quota, n int) trial.Trial {
	t := trial.Trial{Script: scriptOf(f.Name), Primitive: prim.Name, Deadline: p.Deadline, Alone: f.alone}
	switch {
	case f.limits:
		t.Args = []string{q.group.Procs()}
	case f.kinds > 1:
		t.Args = []string{strconv.Itoa(n % f.kinds)}
	}
	return t
}

// A quota is the control group for the children that have one.
type quota struct {
	group    *condition.QuotaGroup // nil where it is not to be had
	none     error                 // why not
	launcher *launch.Launcher      // nil where nobody asks for a group
}

// openQuota makes the control group for the children that have a quota, if a fault
// asks for one. Where it is not to be had, its cells are unavailable: as they are to
// one who needs a user namespace for others, and whose fork a launcher is in the way
// of, see program.Withheld.
func (p Plan) openQuota(unprivileged bool) (q *quota, err error) {
	limits := false
	for _, f := range p.Faults {
		limits = limits || f.limits
	}
	if !limits || unprivileged {
		return &quota{none: errors.New("a control group with a quota takes privileges: run it as root")}, nil
	}
	q = &quota{}
	if q.launcher, err = launch.New(); err != nil {
		return nil, err
	}
	q.group, q.none = condition.Quota(quotaShare).Open(q.launcher)
	if q.none != nil {
		q.group = nil
	}
	return q, nil
}

func (q *quota) close() (err error) {
	if q.group != nil {
		err = q.group.Close()
	}
	if q.launcher != nil {
		err = errors.Join(err, q.launcher.Close())
	}
	return err
}
