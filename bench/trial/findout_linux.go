//go:build amd64 || arm64

package trial

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/nsbench/nsbench/bench/result"
)

// FindOut finds a matrix out and has it recorded: a header, which about begins with
// the members that this package does not know; a behaviour for each cell, when its
// last trial is done; and an end.
//
// The error is that of the recorder, of the trials themselves, or the context's cause.
// A run that ends early has recorded what cells it has, those that are not whole with
// the trials that were done. A few trials that come to nothing do not end it early, but
// are its error in the end.
func (p *Pool) FindOut(ctx context.Context, m Matrix, about result.Header, r Recorder) error {
	about.Plan = m.Plan
	about.Environment.UserNS = p.AddsUser()
	about.Environment.ParentCPU, about.Environment.ChildCPU = -1, -1
	about.Clock = result.Clock{Source: "clock_gettime", Hz: clockHz}
	if err := r.Record(&about); err != nil {
		return err
	}
	f := &finding{pool: p, Matrix: m, recorder: r}
	err := f.carryOut(ctx)
	if err == nil {
		err = f.loss()
	}
	return errors.Join(err, f.finish(ctx, err))
}

// clockHz is the rate of the boards' clock.
const clockHz = 1e9

// A finding is under way.
type finding struct {
	pool *Pool
	Matrix
	recorder    Recorder
	done, total int // trials
	lost        int // of them, that came to nothing
	why         string
}

// mostLost is how many trials may come to nothing before something is wrong with all.
const mostLost = 20

// A place is one trial of a cell.
type place struct {
	cell *Cell
	n    int
}

// carryOut carries the trials out: the first of each cell, which tells whether there
// are to be more, and then the others, row by row. Within a row the cells take turns:
// those that hang, which wait, are beside others that have something to do.
func (f *finding) carryOut(ctx context.Context) error {
	for _, c := range f.Cells {
		c.expects(f.Plan.Trials)
		f.total += f.Plan.Trials
	}
	var first, rest []place
	for _, c := range f.Cells {
		if c.Unavailable == "" {
			first = append(first, place{c, 0})
			continue
		}
		if err := f.tell(place{c, 0}, Report{Unavailable: c.Unavailable}); err != nil {
			return err
		}
	}
	if err := f.try(ctx, first); err != nil {
		return err
	}
	for row := range rows(f.Cells) {
		for n := 1; n < f.Plan.Trials; n++ {
			for _, c := range row {
				if c.missing > 0 {
					rest = append(rest, place{c, n})
				}
			}
		}
	}
	return f.try(ctx, rest)
}

// rows are the cells of each primitive, which lie side by side.
func rows(all []*Cell) iter.Seq[[]*Cell] {
	return func(yield func([]*Cell) bool) {
		for from := 0; from < len(all); {
			to := from
			for to < len(all) && all[to].Is.Primitive == all[from].Is.Primitive {
				to++
			}
			if !yield(all[from:to]) {
				return
			}
			from = to
		}
	}
}

func (f *finding) try(ctx context.Context, places []place) error {
	trials := make([]Trial, len(places))
	for i, at := range places {
		trials[i] = at.cell.Trial(at.n)
	}
	return f.pool.Run(ctx, trials, func(i int, rep Report) error { return f.tell(places[i], rep) })
}

// tell notes what a trial came to, and records the cell when it was the last.
func (f *finding) tell(at place, rep Report) error {
	done, lost := at.cell.tell(at.n, rep)
	f.done += done
	if lost != "" {
		f.lost++
		f.why = fmt.Sprintf("trial %d of %s: %s", at.n, at.cell.name(), lost)
	}
	if f.recorder.Progress != nil {
		f.recorder.Progress(f.done, f.total)
	}
	if f.lost > mostLost {
		return f.loss()
	}
	if done == 0 || at.cell.missing > 0 || !at.cell.begun() {
		return nil
	}
	return f.recorder.Record(at.cell.behaviour())
}

// loss is what there is to be said of trials that came to nothing: their cells have so
// many less.
func (f *finding) loss() error {
	if f.lost == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d trials came to nothing, the last of them %s", f.lost, f.total, f.why)
}

// finish records the cells that are not whole, and the end.
func (f *finding) finish(ctx context.Context, why error) (err error) {
	end := result.EndOf(ctx, why)
	end.Hz = clockHz
	if why != nil {
		for _, c := range f.Cells {
			if c.missing > 0 && c.begun() {
				err = errors.Join(err, f.recorder.Record(c.behaviour()))
			}
		}
	}
	return errors.Join(err, f.recorder.Record(&end))
}
