//go:build !linux || !(amd64 || arm64)

package fault

import (
	"context"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/trial"
)

// Scripts are none where there are no trials.
var Scripts trial.Scripts

// Run works on Linux only.
func Run(context.Context, Plan, result.Header, trial.Recorder) error { return launch.ErrUnsupported }
