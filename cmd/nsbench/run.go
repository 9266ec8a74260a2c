package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
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
	axisFlags
	compared           comparedFlags
	ends               adaptiveFlags
	selfCheck          bool
	delays             []time.Duration
	iterations, stages int
	payload            string
	seed               uint64
	warmup             int
	quick, strict      bool
	out                string
	force, quiet       bool
	format             string
}

// The number of releases per series: enough for a p99 with a 95 % interval,
// which takes 368, that is of some use, and so few that the core primitives take
// less than half a minute on one CPU and on two, and all of them less than two
// minutes. A p99.9 takes 3,688 at least. With --quick there are enough for a median.
const (
	defaultIterations = 1500
	quickIterations   = 100
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
	f.compared.define(c)
	must(c.RegisterFlagCompletionFunc("primitives", completePrimitives))
	must(c.RegisterFlagCompletionFunc("placement", completePlacements))
	must(c.RegisterFlagCompletionFunc("launcher", completeLaunchers))
	return c
}

// must panics at an error that only a mistake in this program can make.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

func (f *runFlags) define(flags *pflag.FlagSet) {
	f.axisFlags.define(flags)
	flags.IntVar(&f.iterations, "iterations", defaultIterations, "measured releases per series, all stages included")
	f.ends.define(flags)
	flags.IntVar(&f.stages, "stages", 1, "releases per child")
	flags.StringVar(&f.payload, "payload", "", "a command that each child executes at its end, its words parted by spaces")
	flags.Uint64Var(&f.seed, "seed", 0, "for the orders and the holds (default a random one, which is recorded)")
	flags.IntVar(&f.warmup, "warmup", 1, "rounds to begin with that are recorded and left out of the figures")
	flags.BoolVar(&f.quick, "quick", false, fmt.Sprintf("%d iterations", quickIterations))
	flags.BoolVar(&f.selfCheck, "self-check", false, "measure the baseline twice, to see what differences are found between equals")
	flags.DurationSliceVar(&f.delays, delaysFlag, nil, "measure the baseline with each of these delays put before its release, to see whether they are found")
	flags.Lookup(delaysFlag).Hidden = true // for scripts/calibrate
	flags.BoolVar(&f.strict, "strict", false, "exit 4 if a primitive cannot be used here")
	flags.StringVar(&f.out, "out", "", "directory for the record and the reports (default nsbench-out/<time>)")
	flags.StringVar(&f.format, "format", "table", "of the result on stdout: "+strings.Join(formatNames(formats), ", "))
	flags.BoolVar(&f.force, "force", false, "overwrite the run that is in the directory already")
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
	format, err := formatNamed(formats, f.format)
	if err != nil {
		return err
	}
	plan, skipped, err := f.usable(c.Context(), plan, warnings)
	if err != nil {
		return explainRun(err)
	}
	if len(plan.Series) == 0 {
		return noneUsable(skipped, f.strict)
	}
	dir, err := openOutput(f.out, ofRun, f.force, time.Now())
	if err != nil {
		return err
	}
	a := newAdaptive(plan)
	p := newProgress(s.err, f.quiet, plan, a)
	err = bench.Run(c.Context(), plan, about(), bench.Observer{Record: recorder(dir, plan, warnings, p, a), Progress: p.draw, Enough: a.enough})
	p.done()
	if err == nil {
		a.tell(warnings)
	}
	err = explainRun(err)
	if dir.empty() {
		return errors.Join(err, dir.discard())
	}
	err = errors.Join(err, dir.finish(warnings), reportRecorded(c.Context(), s, dir, format, f.quiet), dir.close())
	if err == nil && f.strict && len(skipped) > 0 {
		err = skippedError{skipped}
	}
	return err
}

// recorder writes into the directory, and says on the way if the run is not
// quite the one that was asked for.
func recorder(dir *output, plan bench.Plan, warnings io.Writer, p *progress, a *adaptive) func(result.Record) error {
	return func(rec result.Record) error {
		a.record(rec)
		switch rec := rec.(type) {
		case *result.Header:
			if rec.Environment.UserNS {
				tell(warnings, "nsbench: warning: not privileged to clone into %v alone: a user namespace is added, and its maps are written as part of the init job\n", plan.Series[0].Namespaces)
			}
		case *result.Block:
			p.block(rec)
		}
		return dir.write(rec)
	}
}

func about() bench.About {
	return bench.About{Version: version(), Command: os.Args, Environment: host.This().Environment()}
}

// plan makes a plan of the flags, or a usage error.
func (f *runFlags) plan(flags *pflag.FlagSet, warnings io.Writer) (bench.Plan, error) {
	series, err := f.series(warnings)
	if err != nil {
		return bench.Plan{}, err
	}
	payload, err := selectPayload(f.payload)
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
		Series:     series,
		Iterations: f.iterations,
		Stages:     f.stages,
		Warmup:     f.warmup,
		Payload:    payload,
		Seed:       f.seed,
	}
	if err := f.ends.tell(&plan, flags, f.quick || flags.Changed("iterations")); err != nil {
		return plan, err
	}
	if err := f.compared.tell(&plan, flags); err != nil {
		return plan, err
	}
	if err := f.again(&plan); err != nil {
		return plan, err
	}
	if err := plan.Check(); err != nil {
		return plan, usageError{err}
	}
	return plan, nil
}

// selectPayload parts a command into its words, and finds its program: a child
// cannot search for it.
func selectPayload(command string) ([]string, error) {
	argv := strings.Fields(command)
	if len(argv) == 0 {
		return nil, nil
	}
	path, err := exec.LookPath(argv[0])
	if err != nil {
		return nil, usagef("payload: %w", err)
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, usagef("payload: %w", err)
	}
	return append([]string{path}, argv[1:]...), nil
}

// usable takes out of a plan the series that cannot be measured, and says so,
// once for each reason. So it does with those of which that could not be found
// out: what stood in the way would be met again, and end the run.
func (f *runFlags) usable(ctx context.Context, plan bench.Plan, warnings io.Writer) (_ bench.Plan, skipped []string, err error) {
	support, err := bench.Probe(ctx, plan.Series, plan.Stages)
	if err != nil {
		return plan, nil, err
	}
	var told []string
	var kept, lost []bench.Series
	for i, s := range plan.Series {
		if support[i].Available == gate.Available {
			kept = append(kept, s)
			continue
		}
		lost = append(lost, s)
		if name := f.named(s); !slices.Contains(skipped, name) {
			skipped = append(skipped, name)
		}
		if why := oneLine(support[i].Reason.Error()); !slices.Contains(told, why) {
			told = append(told, why)
			tell(warnings, "nsbench: warning: skipped: %s\n", why)
		}
	}
	plan.Series = kept
	if warning := forget(&plan, lost); warning != "" && len(kept) > 0 {
		tell(warnings, "nsbench: warning: %s\n", warning)
	}
	return plan, skipped, nil
}

// noneUsable says that nothing is left to be measured.
func noneUsable(skipped []string, strict bool) error {
	if strict {
		return skippedError{skipped}
	}
	return fmt.Errorf("run: none of the primitives can be used here: %s", strings.Join(skipped, ", "))
}
