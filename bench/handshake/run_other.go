//go:build !linux

package handshake

import (
	"context"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/trial"
)

// Run needs Linux.
func Run(context.Context, Plan, trial.Recorder) error { return launch.ErrUnsupported }

// Explain needs Linux.
func Explain(Profile, Change) ([]Side, error) { return nil, launch.ErrUnsupported }

// RunBreaks needs Linux.
func RunBreaks(context.Context, Plan, trial.Recorder) error { return launch.ErrUnsupported }
