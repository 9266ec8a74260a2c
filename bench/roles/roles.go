// Package roles is what this program does where it has started itself as something
// other than the command: as a child that executes, as an observer of trials, as a
// parent on trial. It is imported for that alone, and such a process never comes to
// main.
//
// The roles are taken up while packages are initialized, and not in main: each trial
// starts a parent, which has no use for the fonts, templates and tables of reports, and
// to make them took a fourth of what a trial took. The order is the language's:
// of the packages whose imports are initialized it is the turn of the first by import
// path (The Go Programming Language Specification, Program initialization). So this
// one's comes before those that reports are made with, as a test holds. Where it did
// not, all would be slower, and nothing else.
package roles

import (
	"github.com/nsbench/nsbench/bench/fault"
	"github.com/nsbench/nsbench/bench/isolation"
	"github.com/nsbench/nsbench/bench/trial"
	"github.com/nsbench/nsbench/sync/program"
)

func init() {
	program.Reexecuted()
	trial.Reexecuted(fault.Scripts, isolation.Scripts)
}
