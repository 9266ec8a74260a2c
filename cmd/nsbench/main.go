// The runtime keeps the files open that tell of a quota, and each child has its
// copies of all open files to close.
//
//go:debug containermaxprocs=0

// Nsbench measures how fast, and at what price, a parent lets a child go that
// it has cloned into new Linux namespaces, with each of the primitives that
// can hold one, and what becomes of both when something goes wrong.
//
// Usage:
//
//	nsbench run        measure, record and report
//	nsbench faults     what happens when a side dies, leaks or is interrupted
//	nsbench isolation  which primitive works under which namespace
//	nsbench report     render recorded runs again
//	nsbench compare    what changed from one recorded run to another
//	nsbench export     write recorded runs for other tools
//	nsbench list       the primitives, and whether they can be used here
//	nsbench explain    both sides of a primitive, call by call
//	nsbench demo       hold a shell in new namespaces, and let it go
//	nsbench doctor     what on this host would disturb a measurement
//
// Results go to stdout; progress, warnings and hints to stderr. The exit
// status is 0 for success, 1 if the run failed, 2 for a usage error, 3 if a
// condition of --fail-if held, 4 if primitives were skipped under --strict, and
// 129, 130 or 143 if it was interrupted by SIGHUP, SIGINT or SIGTERM, with what
// was measured saved and no file half written.
package main

import (
	"context"
	"os"

	_ "github.com/nsbench/nsbench/bench/roles" // see there
)

func main() {
	ctx, stop := withSignals(context.Background())
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	explainError(os.Stderr, err)
	os.Exit(exitStatus(err))
}
