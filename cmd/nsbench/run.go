package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/nsbench/nsbench/bench"
	"github.com/nsbench/nsbench/bench/host"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/sync/gate"
)

// runFlags are the flags of run as typed.
type runFlags struct {
	primitives, namespaces []string
	launcher, placement    string
	iterations, stages     int
	hold                   time.Duration
	seed                   uint64
	warmup                 int
	quick, strict          bool
	out                    string
	force, quiet           bool
	format                 string
}

// The number of releases per series: enough for a p99.9 with a 95 % interval,
// which takes 3,688, and for some that turn out invalid, and so few that all
// primitives together take less than two minutes; and for --quick enough for a
// p99, which takes 368.
const (
	defaultIterations = 3750
	quickIterations   = 400
)

func newRun(s streams) *cobra.Command {
	f := runFlags{}
	c := &cobra.Command{
		Use:   "run",
		Short: "Measure, record and report",
		Long: "Measure the release latency of children cloned into new namespaces, and leave a\n" +
			"table on the screen and result.jsonl, report.html and pictures in a directory.",
		Args: usageArgs(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return measure(c, s, f) },
	}
	f.define(c.Flags())
	must(c.RegisterFlagCompletionFunc("primitives", completePrimitives))
	return c
}

// must panics at an error that only a mistake in this program can make.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

func (f *runFlags) define(flags *pflag.FlagSet) {
	flags.StringSliceVar(&f.primitives, "primitives", []string{"all"}, "what to measure, or all; see nsbench list")
	flags.StringSliceVar(&f.namespaces, "namespaces", defaultNamespaces(), "what to clone into, or all, or none")
	flags.StringVar(&f.launcher, "launcher", "clone", "how the child comes to be: clone")
	flags.StringVar(&f.placement, "placement", "", "same-cpu, cross-cpu or free (default cross-cpu, where there are two CPUs)")
	flags.IntVar(&f.iterations, "iterations", defaultIterations, "measured releases per series, all stages included")
	flags.IntVar(&f.stages, "stages", 1, "releases per child")
	flags.DurationVar(&f.hold, "hold", 200*time.Microsecond, "how long to hold, give or take a half; 0 releases at once")
	flags.Uint64Var(&f.seed, "seed", 0, "for the orders and the holds (default a random one, which is recorded)")
	flags.IntVar(&f.warmup, "warmup", 1, "rounds to begin with that are recorded and left out of the figures")
	flags.BoolVar(&f.quick, "quick", false, fmt.Sprintf("%d iterations", quickIterations))
	flags.BoolVar(&f.strict, "strict", false, "exit 4 if a primitive cannot be used here")
	flags.StringVar(&f.out, "out", "", "directory for the record and the reports (default nsbench-out/<time>)")
	flags.StringVar(&f.format, "format", "table", "of the result on stdout: "+strings.Join(formatNames(), ", "))
	flags.BoolVar(&f.force, "force", false, "overwrite a run that is in the directory already")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "neither progress nor warnings, nor where the record is")
}

// measure checks everything that can be checked, then measures, then reports.
// What was measured is reported even if the run did not come to its end.
func measure(c *cobra.Command, s streams, f runFlags) error {
	warnings := s.err
	if f.quiet {
		warnings = io.Discard
	}
	plan, err := f.plan(c.Flags(), warnings)
	if err != nil {
		return err
	}
	format, err := formatNamed(f.format)
	if err != nil {
		return err
	}
	plan, skipped := usable(c.Context(), plan, warnings)
	if len(plan.Primitives) == 0 {
		return fmt.Errorf("run: none of the primitives can be used here: %s", strings.Join(skipped, ", "))
	}
	dir, err := openOutput(f.out, f.force, time.Now())
	if err != nil {
		return err
	}
	p := newProgress(s.err, f.quiet)
	err = bench.Run(c.Context(), plan, about(), bench.Observer{Record: recorder(dir, plan, warnings), Progress: p.draw})
	p.done()
	err = explainRun(err)
	if dir.empty() {
		return errors.Join(err, dir.discard())
	}
	err = errors.Join(err, dir.close(), tellRun(s, dir, format, f.quiet))
	if err == nil && f.strict && len(skipped) > 0 {
		err = skippedError{skipped}
	}
	return err
}

// recorder writes into the directory, and says on the way if the run is not
// quite the one that was asked for.
func recorder(dir *output, plan bench.Plan, warnings io.Writer) func(result.Record) error {
	return func(rec result.Record) error {
		if h, ok := rec.(*result.Header); ok && h.Environment.UserNS {
			tell(warnings, "nsbench: warning: not privileged to clone into %v alone: a user namespace is added, and its maps are written as part of the init job\n", plan.Namespaces)
		}
		return dir.record(rec)
	}
}

// tellRun reports what a run has recorded, and says where that is.
func tellRun(s streams, dir *output, f format, quiet bool) error {
	err := reportRun(s, dir, f)
	if err == nil && !quiet {
		tell(s.err, "nsbench: %s and %s are in %s\n", recordName, reportName, dir.path)
	}
	return err
}

func about() bench.About {
	return bench.About{Version: version(), Command: os.Args, Environment: host.This().Environment()}
}

// plan makes a plan of the flags, or a usage error.
func (f *runFlags) plan(flags *pflag.FlagSet, warnings io.Writer) (bench.Plan, error) {
	primitives, err := selectPrimitives(f.primitives)
	if err != nil {
		return bench.Plan{}, err
	}
	namespaces, err := selectNamespaces(f.namespaces)
	if err != nil {
		return bench.Plan{}, err
	}
	if f.launcher != "clone" {
		return bench.Plan{}, unknown("launcher", f.launcher, []string{"clone"})
	}
	placement, err := f.place(warnings)
	if err != nil {
		return bench.Plan{}, err
	}
	if f.quick && !flags.Changed("iterations") {
		f.iterations = quickIterations
	}
	if !flags.Changed("seed") {
		f.seed = rand.Uint64()
	}
	plan := bench.Plan{
		Primitives: primitives,
		Namespaces: namespaces,
		Placement:  placement,
		Iterations: f.iterations,
		Stages:     f.stages,
		Hold:       f.hold,
		Warmup:     f.warmup,
		Seed:       f.seed,
	}
	if err := plan.Check(); err != nil {
		return plan, usageError{err}
	}
	return plan, nil
}

// place returns the placement that was asked for; if none was, cross-cpu, or
// what can be had with one CPU.
func (f *runFlags) place(warnings io.Writer) (bench.Placement, error) {
	p := bench.Placement(f.placement)
	if f.placement == "" {
		p = bench.CrossCPU
		if cpus, err := bench.UsableCPUs(); err == nil && len(cpus) < 2 {
			p = bench.SameCPU
			tell(warnings, "nsbench: warning: only one CPU may be used here: measuring same-cpu\n")
		}
		return p, nil
	}
	if !slices.Contains(bench.Placements(), p) {
		var names []string
		for _, valid := range bench.Placements() {
			names = append(names, string(valid))
		}
		return p, unknown("placement", f.placement, names)
	}
	return p, nil
}

// usable takes out of a plan the primitives that cannot be used under its
// conditions, and says so. What could not be found out is measured: the record
// says how that went.
func usable(ctx context.Context, plan bench.Plan, warnings io.Writer) (bench.Plan, []string) {
	var skipped []string
	var kept []gate.Primitive
	for i, support := range probe(ctx, plan.Primitives, plan.Namespaces, plan.Stages) {
		p := plan.Primitives[i]
		if support.Available != gate.NotAvailable {
			kept = append(kept, p)
			continue
		}
		skipped = append(skipped, p.Name)
		tell(warnings, "nsbench: warning: skipped: %s\n", oneLine(support.Reason.Error()))
	}
	plan.Primitives = kept
	return plan, skipped
}
