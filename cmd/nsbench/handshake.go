package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/nsbench/nsbench/bench"
	"github.com/nsbench/nsbench/bench/handshake"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/trial"
	"github.com/nsbench/nsbench/reports"
)

// handshakeFlags are the flags of handshake as typed.
type handshakeFlags struct {
	iterations, warmup, trials int
	with, stages, works        []string
	drop                       string
	hold                       time.Duration
	placement                  string
	seed                       uint64
	breaks, list               bool
	against                    string
	out, format                string
	force, quiet               bool
}

// What handshake prints, and what it does with --breaks.
var (
	handshakeFormats = []format{
		table, {name: asJSON.name, gathers: wherever(reports.HandshakesJSON)},
		{name: asCSV.name, gathers: wherever(reports.HandshakesCSV)}, markdown,
	}
	breaksFormats = []format{
		table, {name: asJSON.name, gathers: wherever(reports.BreaksJSON)},
		{name: asCSV.name, gathers: wherever(reports.BreaksCSV)}, markdown,
	}
)

func newHandshake(s streams) *cobra.Command {
	f := handshakeFlags{}
	c := &cobra.Command{
		Use:   "handshake [PROFILE...]",
		Short: "Run the multi-stage handshakes of container runtimes, stage by stage",
		Long: "Run the handshakes of container runtimes, each with its processes, its stages in both\n" +
			"directions and its work in between, in rounds, and tell what each stage takes and\n" +
			"what share of the whole it is. Without a name all profiles are run; see --list.\n\n" +
			"  --work none       nothing but synchronisation: neither work nor namespaces\n" +
			"  --with eventfd    besides, every stage over another primitive\n" +
			"  --stages a,b      with these stages alone\n" +
			"  --drop a          without this stage, and the side that was to release is late\n" +
			"  --breaks          kill each side after each stage, leave each stage out, and tell\n" +
			"                    whether that fails open, fails closed or hangs\n\n" +
			"With the --out of a run, both make one report.",
		Args:              usageArgs(cobra.ArbitraryArgs),
		ValidArgsFunction: completeOf(profileNames()...),
		RunE: func(c *cobra.Command, args []string) error {
			if f.list {
				return listProfiles(s.out, args)
			}
			if f.against != "" {
				return against(s.out, args, f.against)
			}
			return runHandshakes(c, s, args, f)
		},
	}
	f.define(c.Flags())
	must(c.RegisterFlagCompletionFunc("with", completePrimitives))
	must(c.RegisterFlagCompletionFunc("placement", completePlacements))
	must(c.RegisterFlagCompletionFunc("work", completeOf(append([]string{"all", "none"}, handshake.Works()...)...)))
	must(c.RegisterFlagCompletionFunc("format", completeOf(formatNames(handshakeFormats)...)))
	return c
}

func (f *handshakeFlags) define(flags *pflag.FlagSet) {
	flags.IntVar(&f.iterations, "iterations", 100, "measured handshakes of each kind")
	flags.IntVar(&f.warmup, "warmup", 1, "rounds at the start that are not counted")
	flags.IntVar(&f.trials, "trials", 5, "with --breaks, how often each is tried")
	flags.StringSliceVar(&f.with, "with", nil, "besides, every stage over each of these primitives")
	flags.StringArrayVar(&f.works, "work", []string{"all"}, "all, none, or what of it is done, with commas between; may be given several times")
	flags.StringSliceVar(&f.stages, "stages", nil, "of one profile, the stages that are left in")
	flags.StringVar(&f.drop, "drop", "", "of one profile, a stage that is left out")
	flags.DurationVar(&f.hold, "hold", 200*time.Microsecond, "how long an init job takes, give or take a half, where a profile has one")
	flags.StringVar(&f.placement, "placement", string(bench.Free), "of the first process and of all others: free, same-cpu, cross-cpu")
	flags.Uint64Var(&f.seed, "seed", 0, "for the orders and the init jobs (default a random one, which is recorded)")
	flags.BoolVar(&f.breaks, "breaks", false, "kill each side after each stage, and leave each stage out")
	flags.BoolVar(&f.list, "list", false, "list the profiles, and run nothing")
	flags.StringVar(&f.against, "against", "", "compare a profile with a trace of the runtime, as strace -f -ttt -yy writes it, and run nothing")
	flags.StringVar(&f.out, "out", "", "directory for the record and the reports, also of a run (default nsbench-out/<time>)")
	flags.StringVar(&f.format, "format", handshakeFormats[0].name, "of the result on stdout: "+strings.Join(formatNames(handshakeFormats), ", "))
	flags.BoolVar(&f.force, "force", false, "overwrite the handshakes that are in the directory already")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "neither progress nor warnings, nor where the record is")
}

// runHandshakes checks everything that can be checked, then runs.
func runHandshakes(c *cobra.Command, s streams, names []string, f handshakeFlags) error {
	plan, err := f.plan(c.Flags(), names)
	if err != nil {
		return err
	}
	section, run, formats := ofHandshakes, handshake.Run, handshakeFormats
	if f.breaks {
		section, run, formats = ofBreaks, handshake.RunBreaks, breaksFormats
	}
	format, err := formatNamed(formats, f.format)
	if err != nil {
		return err
	}
	cells := cellFlags{out: f.out, format: f.format, force: f.force, quiet: f.quiet}
	return cells.findOut(c, s, finding{section, format, func(ctx context.Context, record func(result.Record) error, progress func(done, total int)) error {
		plan.Header = header()
		return run(ctx, plan, trial.Recorder{Record: record, Progress: progress})
	}})
}

// plan makes a plan of the arguments and the flags, or a usage error.
func (f *handshakeFlags) plan(flags *pflag.FlagSet, names []string) (plan handshake.Plan, err error) {
	if !flags.Changed("seed") {
		f.seed = rand.Uint64()
	}
	plan = handshake.Plan{Iterations: f.iterations, Warmup: f.warmup, Seed: f.seed}
	if err := f.together(flags); err != nil {
		return plan, err
	}
	if f.breaks {
		if f.drop != "" {
			return plan, usagef("drop: --breaks leaves out one stage after another by itself")
		}
		if plan.Trials = f.trials; f.trials < 1 {
			return plan, usagef("trials %d: at least 1 is needed", f.trials)
		}
		plan.Iterations, plan.Warmup = 0, 0
	}
	if plan.Variants, err = f.variants(names); err != nil {
		return plan, err
	}
	placement := bench.Placement(f.placement)
	if !slices.Contains(bench.Placements(), placement) {
		return plan, unknown("placement", f.placement, stringsOf(bench.Placements()))
	}
	if err := plan.Check(); err != nil {
		return plan, usageError{err}
	}
	plan.First, plan.Others, err = bench.CPUsOf(placement)
	return plan, explainRun(err)
}

// together refuses flags that would do nothing, for who types them expects something.
func (f *handshakeFlags) together(flags *pflag.FlagSet) error {
	if !f.breaks {
		if flags.Changed("trials") {
			return usagef("trials: is of --breaks; how often a handshake is measured is --iterations")
		}
		return nil
	}
	for _, name := range []string{"iterations", "warmup"} {
		if flags.Changed(name) {
			return usagef("%s: is of what is measured; how often each of the --breaks is tried is --trials", name)
		}
	}
	return nil
}

// variants are the profiles that are named, each with every change.
func (f *handshakeFlags) variants(names []string) (all []handshake.Variant, err error) {
	profiles, err := selectProfiles(names)
	if err != nil {
		return nil, err
	}
	if (f.drop != "" || f.stages != nil) && len(profiles) != 1 {
		return nil, usagef("stages and drop: name one profile, whose stages they are")
	}
	works, err := parsed("work", f.works, workOf)
	if err != nil {
		return nil, err
	}
	if err := distinct("work", f.works); err != nil {
		return nil, err
	}
	changes := []handshake.Change{{}}
	if f.with != nil {
		primitives, err := selectPrimitives(f.with)
		if err != nil {
			return nil, err
		}
		for _, p := range primitives {
			changes = append(changes, handshake.Change{With: &p})
		}
	}
	for _, p := range profiles {
		for _, w := range works {
			for _, c := range changes {
				if c.With != nil && overOnly(p, c.With.Name) {
					continue // it is that already
				}
				c.OnlyWork, c.Work = w.OnlyWork, w.Work
				c.Stages, c.Drop, c.Hold = f.stages, f.drop, f.hold
				all = append(all, handshake.Variant{Profile: p, Change: c})
			}
		}
	}
	return all, nil
}

// overOnly reports whether each stage of a profile is over one primitive.
func overOnly(p handshake.Profile, primitive string) bool {
	return !slices.ContainsFunc(p.Stages(), func(s handshake.Step) bool { return s.Primitive.Name != primitive })
}

// workOf is what one --work says.
func workOf(text string) (c handshake.Change, err error) {
	switch text {
	case "all":
		return c, nil
	case "none":
		return handshake.Change{OnlyWork: true}, nil
	case "":
		return c, usagef("work: nothing is named; --work none is without any")
	}
	c.OnlyWork = true
	for _, name := range commaList(text) {
		if name == "all" || name == "none" {
			return c, usagef("work %s: %s stands alone: --work all --work none has both", text, name)
		}
		if !slices.Contains(handshake.Works(), name) {
			return c, unknown("work", name, append([]string{"all", "none"}, handshake.Works()...))
		}
		c.Work = append(c.Work, name)
	}
	return c, nil
}

// selectProfiles returns those named, in the order of the catalogue, and all if none is.
func selectProfiles(names []string) ([]handshake.Profile, error) {
	if len(names) == 0 {
		return handshake.All(), nil
	}
	return chosenOf("profile", names, handshake.All(), nameOfProfile)
}

func nameOfProfile(p handshake.Profile) string { return p.Name }

func profileNames() (names []string) {
	for _, p := range handshake.All() {
		names = append(names, p.Name)
	}
	return names
}

// listProfiles prints those named, and all if none is.
func listProfiles(w io.Writer, names []string) error {
	profiles, err := selectProfiles(names)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, p := range profiles {
		if _, err := fmt.Fprintf(t, "%s\t%d processes\t%s\t%s\n", p.Name, len(p.Processes), stagesOf(p), p.About); err != nil {
			return err
		}
	}
	return t.Flush()
}

func stagesOf(p handshake.Profile) string {
	n := len(p.Stages())
	if n == 1 {
		return "1 stage"
	}
	return fmt.Sprintf("%d stages", n)
}
