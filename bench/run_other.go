//go:build !linux

package bench

import (
	"context"

	"github.com/nsbench/nsbench/bench/launch"
)

// Run works on Linux only.
func Run(context.Context, Plan, About, Observer) error { return launch.ErrUnsupported }

// UsableCPUs works on Linux only.
func UsableCPUs() ([]int, error) { return nil, launch.ErrUnsupported }

// CPUsOf needs Linux.
func CPUsOf(Placement) (parent, child int, err error) { return -1, -1, launch.ErrUnsupported }
