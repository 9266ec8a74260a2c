//go:build !linux

package bench

import (
	"context"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

// Probe works on Linux only.
func Probe(context.Context, []Series, int) ([]gate.Support, error) {
	return nil, launch.ErrUnsupported
}
