package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/nsbench/nsbench/bench"
	"github.com/nsbench/nsbench/bench/condition"
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

// axisFlags are the flags of run that say what is measured under which
// conditions, as typed. Each may have several values, and every combination of
// them is a series.
type axisFlags struct {
	primitives []string
	launchers  []string
	namespaces []string // each names a whole set
	placements []string
	holds      []time.Duration
	children   []int
	loads      []string
	loadNice   int
	quotas     []string
	idles      []string
	scheds     []string
}

func (f *axisFlags) define(flags *pflag.FlagSet) {
	flags.StringSliceVar(&f.primitives, "primitives", []string{coreName}, "what to measure: names, core or all; see nsbench list")
	flags.StringSliceVar(&f.launchers, "launcher", []string{launch.Clone.String()}, "how the child comes to be: "+strings.Join(launcherNames(), ", "))
	flags.StringArrayVar(&f.namespaces, "namespaces", []string{"uts,ipc"}, "a set to clone into, or all, or none; may be given several times")
	flags.StringSliceVar(&f.placements, "placement", nil, "same-cpu, cross-cpu, free (default same-cpu and cross-cpu, where there are two CPUs)")
	flags.DurationSliceVar(&f.holds, "hold", []time.Duration{200 * time.Microsecond}, "how long to hold, give or take a half; 0 releases at once")
	flags.IntSliceVar(&f.children, "children", []int{1}, "children held at a time and released together, in 8 groups at least")
	flags.StringSliceVar(&f.loads, "load", []string{"0"}, "busy threads on each CPU during the run")
	flags.IntVar(&f.loadNice, "load-nice", 0, "nice value of these threads")
	flags.StringSliceVar(&f.quotas, "cpu-quota", []string{"none"}, "how much of a CPU the children may use, such as 20%, or none")
	flags.StringSliceVar(&f.idles, "idle", []string{string(condition.Natural)}, "what an idle CPU does: natural, or poll, where none sleeps")
	flags.StringSliceVar(&f.scheds, "sched", []string{string(condition.SchedOther)}, "the child's scheduling policy: other, fifo:N, rr:N, batch, idle, deadline")
}

// series makes a series of each combination, or a usage error.
func (f *axisFlags) series(warnings io.Writer) ([]bench.Series, error) {
	var a bench.Axes
	var err error
	if a.Primitives, err = selectPrimitives(f.primitives); err != nil {
		return nil, err
	}
	if a.Launchers, err = parsed("launcher", f.launchers, launcher); err != nil {
		return nil, err
	}
	for _, set := range f.namespaces {
		ns, err := selectNamespaces(commaList(set))
		if err != nil {
			return nil, err
		}
		a.Namespaces = append(a.Namespaces, ns)
	}
	if a.Placements, err = f.place(warnings); err != nil {
		return nil, err
	}
	a.Holds, a.Children = f.holds, f.children
	if err := f.surroundings(&a); err != nil {
		return nil, err
	}
	return a.Series(), cmp.Or(
		distinct("launcher", a.Launchers), distinct("namespaces", a.Namespaces), distinct("placement", a.Placements), distinct("hold", a.Holds),
		distinct("children", a.Children), distinct("load", a.Loads), distinct("cpu-quota", a.Quotas),
		distinct("idle", a.Idles), distinct("sched", a.Scheds),
	)
}

// surroundings are the values of what is around the two sides.
func (f *axisFlags) surroundings(a *bench.Axes) (err error) {
	if a.Loads, err = parsed("load", f.loads, f.load); err != nil {
		return err
	}
	if f.loadNice != 0 && !slices.ContainsFunc(a.Loads, func(l condition.Load) bool { return l.PerCPU > 0 }) {
		return usagef("load-nice: %d of no thread: add --load 1", f.loadNice)
	}
	if a.Quotas, err = parsed("cpu-quota", f.quotas, quota); err != nil {
		return err
	}
	if a.Idles, err = parsed("idle", f.idles, condition.ParseIdle); err != nil {
		return err
	}
	a.Scheds, err = parsed("sched", f.scheds, sched)
	return err
}

// parsed are the values of a flag, or a usage error.
func parsed[V any](flag string, texts []string, parse func(string) (V, error)) ([]V, error) {
	if len(texts) == 0 {
		return nil, usagef("%s: nothing is named", flag)
	}
	values := make([]V, len(texts))
	for i, text := range texts {
		var err error
		if values[i], err = parse(text); err != nil {
			return nil, usage(err)
		}
	}
	return values, nil
}

func launcherNames() (names []string) {
	for _, k := range launch.Kinds() {
		names = append(names, k.String())
	}
	return names
}

func launcher(name string) (launch.Kind, error) {
	k, err := launch.ParseKind(name)
	if err != nil {
		return k, unknown("launcher", name, launcherNames())
	}
	return k, nil
}

// load is a load with the nice value of --load-nice, unless it has its own.
func (f *axisFlags) load(text string) (condition.Load, error) {
	l, err := condition.ParseLoad(text)
	if err == nil && l.PerCPU > 0 && !strings.Contains(text, ":") {
		l.Nice = f.loadNice
	}
	return l, cmp.Or(err, l.Check())
}

// quota is a quota in whole per cent, as the record has it.
func quota(text string) (condition.Quota, error) {
	q, err := condition.ParseQuota(text)
	if err == nil && q != condition.Quota(q.Percent())/100 {
		err = fmt.Errorf("cpu quota %s: want whole per cent", text)
	}
	return q, err
}

// sched is a policy. A child has its parent's unless told otherwise, so that
// there is nothing to be done for the ordinary one.
func sched(text string) (condition.Sched, error) {
	s, err := condition.ParseSched(text)
	if s.Policy == condition.SchedOther {
		s = condition.Sched{}
	}
	return s, err
}

func completeLaunchers(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return launcherNames(), cobra.ShellCompDirectiveNoFileComp
}

// distinct refuses a value that is given twice: it would be two series of which
// nobody could tell which is which.
func distinct[V comparable](flag string, values []V) error {
	for i, v := range values {
		if slices.Contains(values[:i], v) {
			return usagef("%s: %v is given twice", flag, v)
		}
	}
	return nil
}

// place returns the placements that were asked for; if none was, both sides on
// one CPU and on two, or what can be had with one CPU.
func (f *axisFlags) place(warnings io.Writer) ([]bench.Placement, error) {
	if f.placements == nil {
		if cpus, err := bench.UsableCPUs(); err == nil && len(cpus) < 2 {
			tell(warnings, "nsbench: warning: only one CPU may be used here: measuring same-cpu\n")
			return []bench.Placement{bench.SameCPU}, nil
		}
		return []bench.Placement{bench.SameCPU, bench.CrossCPU}, nil
	}
	var placements []bench.Placement
	for _, name := range f.placements {
		p := bench.Placement(name)
		if !slices.Contains(bench.Placements(), p) {
			return nil, unknown("placement", name, stringsOf(bench.Placements()))
		}
		placements = append(placements, p)
	}
	return placements, nil
}

func stringsOf[S ~string](values []S) (names []string) {
	for _, v := range values {
		names = append(names, string(v))
	}
	return names
}

// seriesOf are series of primitives to be tried, under conditions that do not
// matter for that but for the namespaces.
func seriesOf(primitives []gate.Primitive, ns launch.Namespaces) []bench.Series {
	return bench.Axes{
		Primitives: primitives, Namespaces: []launch.Namespaces{ns}, Placements: []bench.Placement{bench.Free},
	}.Series()
}

// named is a series as a message names it: by its primitive and, if there are
// several, its launcher and its namespaces.
func (f *axisFlags) named(s bench.Series) string {
	name := s.Primitive.Name
	if len(f.launchers) > 1 {
		name += fmt.Sprintf(" by %v", s.Launcher)
	}
	if len(f.namespaces) > 1 {
		name += fmt.Sprintf(" in %v", s.Namespaces)
	}
	return name
}

func completePlacements(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return stringsOf(bench.Placements()), cobra.ShellCompDirectiveNoFileComp
}
