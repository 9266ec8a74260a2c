//go:build !linux

package bench

import (
	"context"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

// Probe works on Linux only.
func Probe(context.Context, []gate.Primitive, launch.Namespaces, int) (Findings, error) {
	return Findings{}, launch.ErrUnsupported
}
