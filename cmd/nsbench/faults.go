package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/nsbench/nsbench/bench/fault"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/trial"
	"github.com/nsbench/nsbench/reports"
)

// faultsFlags are the flags of faults as typed.
type faultsFlags struct {
	cellFlags
	faults []string
}

// What faults prints.
var faultsFormats = []format{
	table, {name: asJSON.name, gathers: wherever(reports.FaultsJSON)},
	cellsOf(func(run reports.Run) reports.Run { run.Isolation = nil; return run }), markdown,
}

func newFaults(s streams) *cobra.Command {
	f := faultsFlags{}
	c := &cobra.Command{
		Use:   "faults",
		Short: "Find out what happens when a side dies, leaks or is interrupted",
		Long: "Find out what becomes of a child at its gate when something goes wrong: its parent\n" +
			"dies, a descriptor leaks, a signal comes in between. Every primitive is put to every\n" +
			"fault, each several times, and what happened is told by its outcome:\n\n" +
			"  released     the child went on\n" +
			"  parent-gone  it noticed that its parent is gone\n" +
			"  hung         it did not come to its end\n" +
			"  killed       it was killed by a signal\n" +
			"  failed       an operation failed, with its errno\n" +
			"  unavailable  the fault cannot be made here, or not of this primitive\n\n" +
			"With the --out of a run, both make one report.",
		Args: usageArgs(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return findFaults(c, s, f) },
	}
	f.define(c, ofFaults, fault.DefaultTrials, trial.DefaultDeadline, faultsFormats)
	c.Flags().StringSliceVar(&f.faults, "faults", []string{"all"}, "what goes wrong: names, or all")
	must(c.RegisterFlagCompletionFunc("faults", completeOf(faultNames()...)))
	return c
}

// findFaults checks everything that can be checked, then finds out.
func findFaults(c *cobra.Command, s streams, f faultsFlags) error {
	plan, err := f.plan()
	if err != nil {
		return err
	}
	format, err := formatNamed(faultsFormats, f.format)
	if err != nil {
		return err
	}
	return f.findOut(c, s, finding{ofFaults, format, func(ctx context.Context, record func(result.Record) error, progress func(done, total int)) error {
		return fault.Run(ctx, plan, header(), trial.Recorder{Record: record, Progress: progress})
	}})
}

// plan makes a plan of the flags, or a usage error.
func (f *faultsFlags) plan() (plan fault.Plan, err error) {
	plan.Trials, plan.Deadline = f.trials, f.deadline
	if plan.Primitives, err = selectPrimitives(f.primitives); err != nil {
		return plan, err
	}
	if plan.Faults, err = selectFaults(f.faults); err != nil {
		return plan, err
	}
	if err := plan.Check(); err != nil {
		return plan, usageError{err}
	}
	return plan, nil
}

// selectFaults returns those named, each once and in the order of the catalogue; "all"
// names all.
func selectFaults(names []string) (chosen []fault.Fault, err error) {
	all := fault.All()
	if len(names) == 1 && names[0] == "all" {
		return all, nil
	}
	if err := standAlone("faults", names, "all"); err != nil {
		return nil, err
	}
	return chosenOf("fault", names, all, nameOfFault)
}

func nameOfFault(f fault.Fault) string { return f.Name }

func faultNames() (names []string) {
	for _, f := range fault.All() {
		names = append(names, f.Name)
	}
	return names
}
