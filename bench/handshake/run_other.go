//go:build !linux

package handshake

import (
	"context"

	"github.com/nsbench/nsbench/bench/launch"
)

// Run needs Linux.
func Run(context.Context, Plan, Recorder) error { return launch.ErrUnsupported }

// RunBreaks needs Linux.
func RunBreaks(context.Context, Plan, Recorder) error { return launch.ErrUnsupported }
