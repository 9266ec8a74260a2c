//go:build !linux

package handshake

import (
	"context"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/program"
)

// Run needs Linux.
func Run(context.Context, Plan, Recorder) error { return launch.ErrUnsupported }

// A Side is one process of a handshake with what it does.
type Side struct {
	Process
	Parts []Part
}

// A Part is what a process does in one step.
type Part struct {
	Step    string
	Program program.Program
}

// Explain needs Linux.
func Explain(Profile, Change) ([]Side, error) { return nil, launch.ErrUnsupported }

// RunBreaks needs Linux.
func RunBreaks(context.Context, Plan, Recorder) error { return launch.ErrUnsupported }
