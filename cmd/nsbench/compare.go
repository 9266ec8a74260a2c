package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nsbench/nsbench/reports"
)

// A changeFormat is a way to write down what changed.
type changeFormat struct {
	name  string
	write func(c *reports.Changes, w io.Writer) error
}

var changeFormats = []changeFormat{
	{"table", func(c *reports.Changes, w io.Writer) error { return c.Table(w, screenOf(w).options()) }},
	{"markdown", (*reports.Changes).Markdown},
	{"json", (*reports.Changes).JSON},
}

func changeFormatNames() (names []string) {
	for _, f := range changeFormats {
		names = append(names, f.name)
	}
	return names
}

func changeFormatNamed(name string) (changeFormat, error) {
	for _, f := range changeFormats {
		if f.name == name {
			return f, nil
		}
	}
	return changeFormat{}, unknown("format", name, changeFormatNames())
}

// compareFlags are the flags of compare as typed.
type compareFlags struct {
	failIf            []string
	threshold, format string
}

const failIfFlag = "fail-if"

func newCompare(s streams) *cobra.Command {
	f := compareFlags{}
	c := &cobra.Command{
		Use:   "compare OLD NEW",
		Short: "What changed from one recorded run to another",
		Long: "Say what changed from one recorded run to another: for each series that is in\n" +
			"both, how many times as long its releases take in the new one, at several\n" +
			"quantiles, with intervals, and what else differs between the runs.\n\n" +
			"--fail-if makes exit status 3 of what is beyond a bound. It may be given several\n" +
			"times, and each goes for every series:\n\n" +
			"  --fail-if 'p99>10%'   slower by more than 10 % at the 99th percentile\n" +
			"  --fail-if 'p50<-5%'   faster by more than 5 % in the median\n\n" +
			"It fails only where the whole interval is beyond. What might be beyond, and what\n" +
			"has too few samples for an interval, is warned of.",
		Example: "  nsbench compare main.jsonl branch.jsonl --fail-if 'p50>5%' --fail-if 'p99>10%'",
		Args:    usageArgs(cobra.ExactArgs(2)),
		RunE:    endable(s, func(_ *cobra.Command, files []string) error { return compare(s, files[0], files[1], f) }),
	}
	c.Flags().StringArrayVar(&f.failIf, failIfFlag, nil, "exit 3 where this is certain of a series, such as 'p99>10%'; may be given several times")
	c.Flags().StringVar(&f.threshold, thresholdFlag, "2%", thresholdUsage)
	c.Flags().StringVar(&f.format, "format", changeFormats[0].name, "of the result on stdout: "+strings.Join(changeFormatNames(), ", "))
	must(c.RegisterFlagCompletionFunc("format", completeOf(changeFormatNames()...)))
	must(c.RegisterFlagCompletionFunc(failIfFlag, completeOf("p50>5%", "p90>5%", "p99>10%")))
	return c
}

// compare prints what changed, and errs where a condition held. What was typed is
// checked before anything is read.
func compare(s streams, old, now string, f compareFlags) error {
	format, err := changeFormatNamed(f.format)
	if err != nil {
		return err
	}
	threshold, err := share(thresholdFlag, f.threshold)
	if err != nil {
		return err
	}
	bounds, err := f.bounds()
	if err != nil {
		return err
	}
	changes, err := changesBetween(s, old, now, threshold, bounds)
	if err != nil {
		return err
	}
	if err := format.write(changes, s.out); err != nil {
		return err
	}
	for _, text := range unsure(changes) {
		tell(s.err, "nsbench: warning: %s\n", text)
	}
	if broken := changes.Broken(); broken != nil {
		return beyondError{broken}
	}
	return nil
}

// bounds are the conditions of --fail-if, or a usage error.
func (f *compareFlags) bounds() (bounds []reports.Bound, err error) {
	for _, text := range f.failIf {
		b, err := reports.ParseBound(text)
		if err != nil {
			return nil, usagef("%s %w", failIfFlag, err)
		}
		bounds = append(bounds, b)
	}
	return bounds, distinct(failIfFlag, bounds)
}

// unsure is what those who rely on conditions must know of those that did not hold.
func unsure(c *reports.Changes) []string {
	if len(c.Bounds) == 0 {
		return nil
	}
	all := c.Unsure()
	if n := len(c.OldOnly); n > 0 {
		all = append(all, fmt.Sprintf("no condition is on the %d series that only the old run has", n))
	}
	return all
}

func changesBetween(s streams, old, now string, threshold float64, bounds []reports.Bound) (*reports.Changes, error) {
	before, err := oneRun(s, old)
	if err != nil {
		return nil, err
	}
	after, err := oneRun(s, now)
	if err != nil {
		return nil, err
	}
	c, err := reports.Between(before, after, threshold, bounds)
	if none, ok := errors.AsType[*reports.NoPairError](err); ok {
		return nil, withHint(fmt.Errorf("compare %s with %s: %w", old, now, err), measuredAlike(none))
	}
	return c, err
}

// oneRun reads the one run of a file. To take the last of several lost: records of
// several hosts may stand in one file, and then it would be any of them. To pool
// them lost, too: one run is not like another.
func oneRun(s streams, path string) (reports.Run, error) {
	rep, err := s.gatherOne(path)
	if err != nil {
		return reports.Run{}, err
	}
	rep.Runs = slices.DeleteFunc(rep.Runs, func(run reports.Run) bool { return !run.HasSeries() })
	if len(rep.Runs) == 0 {
		return reports.Run{}, withHint(fmt.Errorf("%s: holds matrices or handshakes, and no series: compare is of release latencies", fileTitle(path)),
			"record them by nsbench run; what nsbench report --format json prints of the rest can be compared by diff")
	}
	if n := len(rep.Runs); n != 1 {
		return reports.Run{}, withHint(fmt.Errorf("%s: holds %d runs: compare takes one from each file", fileTitle(path), n),
			fmt.Sprintf(`write one of them into a file of its own, here the first: awk '/"kind":"header"/ {n++} n == 1' %s >one.jsonl`, reports.ShellWord(path)))
	}
	return rep.Runs[0], nil
}

// measuredAlike says by which flags of run two runs come to have series in common.
func measuredAlike(none *reports.NoPairError) string {
	byRun := map[string]string{"stage": "stages", "kind": "hold"} // which are no flags of run
	var flags []string
	for _, d := range none.Apart {
		for _, sel := range selectors {
			if sel.facet == d.Name {
				flag := sel.flag
				if other, ok := byRun[d.Name]; ok {
					flag = other
				}
				flags = append(flags, "--"+flag)
			}
		}
	}
	if flags == nil {
		return "record one of them again by nsbench run with the flags of the other"
	}
	return "record one of them again by nsbench run with the same " + strings.Join(flags, ", ")
}
