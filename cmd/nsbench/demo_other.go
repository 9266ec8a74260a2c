//go:build !linux

package main

import (
	"context"
	"time"

	"github.com/nsbench/nsbench/bench/launch"
)

func demo(context.Context, streams, time.Duration, string, []string) error {
	return launch.ErrUnsupported
}
