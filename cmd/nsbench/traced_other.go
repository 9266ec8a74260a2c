//go:build !linux

package main

import (
	"context"
	"io"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

func explainTraced(context.Context, io.Writer, gate.Primitive, launch.Namespaces, string) error {
	return launch.ErrUnsupported
}
