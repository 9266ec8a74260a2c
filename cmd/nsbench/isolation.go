package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/nsbench/nsbench/bench/isolation"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/trial"
	"github.com/nsbench/nsbench/reports"
)

// isolationFlags are the flags of isolation as typed.
type isolationFlags struct {
	cellFlags
	spaces []string
}

// What isolation prints.
var isolationFormats = []format{
	table, {name: asJSON.name, gathers: wherever(reports.IsolationJSON)},
	cellsOf(func(run reports.Run) reports.Run { run.Faults = nil; return run }), markdown,
}

func newIsolation(s streams) *cobra.Command {
	f := isolationFlags{}
	c := &cobra.Command{
		Use:   "isolation",
		Short: "Find out which primitive works under which namespace",
		Long: "Find out which release arrives in which namespaces: in none, in each alone, in all,\n" +
			"and in all with users mapped and a private directory for temporary files mounted\n" +
			"over the old one. Every primitive is tried in four ways: the parent releases the\n" +
			"child and the child its parent, by what was made before the clone and by what is\n" +
			"opened by name after it. Where it fails, the kernel's reason is told.\n\n" +
			"With the --out of a run, both make one report.",
		Args: usageArgs(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return findIsolation(c, s, f) },
	}
	f.define(c, ofIsolation, isolation.DefaultTrials, trial.DefaultDeadline, isolationFormats)
	c.Flags().StringSliceVar(&f.spaces, "namespaces", spaceNames(), "what one of the two sides is in; all is one of them")
	must(c.RegisterFlagCompletionFunc("namespaces", completeOf(spaceNames()...)))
	return c
}

// findIsolation checks everything that can be checked, then finds out.
func findIsolation(c *cobra.Command, s streams, f isolationFlags) error {
	plan, err := f.plan()
	if err != nil {
		return err
	}
	format, err := formatNamed(isolationFormats, f.format)
	if err != nil {
		return err
	}
	return f.findOut(c, s, finding{ofIsolation, format, func(ctx context.Context, record func(result.Record) error, progress func(done, total int)) error {
		return isolation.Run(ctx, plan, header(), trial.Recorder{Record: record, Progress: progress})
	}})
}

// plan makes a plan of the flags, or a usage error.
func (f *isolationFlags) plan() (plan isolation.Plan, err error) {
	plan.Trials, plan.Deadline = f.trials, f.deadline
	if plan.Primitives, err = selectPrimitives(f.primitives); err != nil {
		return plan, err
	}
	if plan.Spaces, err = chosenOf("namespace", f.spaces, isolation.All(), nameOfSpace); err != nil {
		return plan, err
	}
	if err := plan.Check(); err != nil {
		return plan, usageError{err}
	}
	return plan, nil
}

func nameOfSpace(s isolation.Space) string { return s.Name }

func spaceNames() (names []string) {
	for _, s := range isolation.All() {
		names = append(names, s.Name)
	}
	return names
}
