//go:build !linux || !(amd64 || arm64)

package isolation

import (
	"context"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/trial"
)

// Run works on Linux only.
func Run(context.Context, Plan, result.Header, trial.Recorder) error { return launch.ErrUnsupported }

// Scripts are none where there are no trials.
var Scripts trial.Scripts
