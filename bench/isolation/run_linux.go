//go:build amd64 || arm64

package isolation

import (
	"context"
	"errors"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/trial"
)

// Run finds the matrix out and has it recorded, as [trial.Pool.FindOut] does. The error
// may be that of the plan, too.
func Run(ctx context.Context, plan Plan, about result.Header, r trial.Recorder) (err error) {
	if err := plan.Check(); err != nil {
		return err
	}
	pool, err := trial.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	return pool.FindOut(ctx, plan.matrix(), about, r)
}

// matrix lays the cells out.
func (p Plan) matrix() trial.Matrix {
	m := trial.Matrix{Plan: p.record()}
	for _, prim := range p.Primitives {
		for _, s := range p.columns() {
			for _, w := range result.Ways() {
				c := place{prim, s, w}.cell()
				c.Trial = func(int) trial.Trial {
					return trial.Trial{Script: scriptName, Primitive: prim.Name, Args: []string{s.Name, w}, Deadline: p.Deadline}
				}
				m.Cells = append(m.Cells, c)
			}
		}
	}
	return m
}
