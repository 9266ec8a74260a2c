package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nsbench/nsbench/reports"
)

// exportFlags are the flags of export as typed.
type exportFlags struct {
	format, out string
	selected    map[string]*[]string // by facet
}

func newExport(s streams) *cobra.Command {
	f := exportFlags{selected: map[string]*[]string{}}
	c := &cobra.Command{
		Use:   "export FILE...",
		Short: "Write recorded runs for other tools",
		Long: "Write recorded runs for other tools, to stdout or into a file:\n\n" +
			"  csv       every sample on a line, for a spreadsheet, R or pandas\n" +
			"  json      the figures of each series, as report prints them\n" +
			"  markdown  tables, as report prints them\n" +
			"  benchfmt  the median of each round, for benchstat\n" +
			"  hgrm      percentiles in us, a file a series, for HdrHistogram's plotter\n" +
			"  cells     what became of primitives under faults and namespaces, as csv\n\n" +
			"csv is the default: it alone leaves nothing out that another tool could want.\n" +
			"The flags that are named as those of run select series. Several values of one\n" +
			"are parted by commas, and series have to fit all flags.",
		Args: usageArgs(cobra.MinimumNArgs(1)),
		RunE: endable(s, func(c *cobra.Command, files []string) error {
			format, err := formatNamed(exports, f.format)
			if err != nil {
				return err
			}
			sel, err := f.selection(c)
			if err != nil {
				return err
			}
			return export(s, files, f.out, format, sel)
		}),
	}
	c.Flags().StringVar(&f.format, "format", asCSV.name, strings.Join(formatNames(exports), ", "))
	c.Flags().StringVar(&f.out, "out", "", "file to write, whole or not at all; a directory with hgrm (default stdout)")
	must(c.RegisterFlagCompletionFunc("format", completeOf(formatNames(exports)...)))
	f.define(c)
	return c
}

// selectors are the flags that select series: named as those of run, by facet.
var selectors = []struct {
	facet, flag, usage string
	values             func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) // nil where there are too many
}{
	{"primitive", "primitives", "only these", completePrimitives},
	{"placement", "placement", "only where the sides are placed so", completePlacements},
	{"launcher", "launcher", "only children that came to be so", completeLaunchers},
	{"namespaces", "namespaces", "only of this set; may be given several times", nil},
	{"hold", "hold", "only of this hold, as it was planned", nil},
	{"children", "children", "only so many released together", nil},
	{"load", "load", "only under this load, N or N:NICE", nil},
	{"cpu-quota", "cpu-quota", "only under this quota, such as 20%, or none", nil},
	{"idle", "idle", "only natural, or only poll", completeOf("natural", "poll")},
	{"sched", "sched", "only under this policy", nil},
	{"stage", "stage", "only a child's first release, or its later ones", completeOf(reports.StageFirst, reports.StageLater)},
	{"kind", "kind", "only held, or only early: released before the child waited", completeOf(reports.KindHeld, reports.KindEarly)},
}

func (f *exportFlags) define(c *cobra.Command) {
	for _, sel := range selectors {
		values := new([]string)
		f.selected[sel.facet] = values
		if sel.facet == "namespaces" { // of which a set has commas itself
			c.Flags().StringArrayVar(values, sel.flag, nil, sel.usage)
		} else {
			c.Flags().StringSliceVar(values, sel.flag, nil, sel.usage)
		}
		if sel.values != nil {
			must(c.RegisterFlagCompletionFunc(sel.flag, sel.values))
		}
	}
}

func completeOf(values ...string) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return values, cobra.ShellCompDirectiveNoFileComp
	}
}

// selection is what the flags that were given select.
func (f *exportFlags) selection(c *cobra.Command) (reports.Selection, error) {
	sel := reports.Selection{}
	for _, s := range selectors {
		if !c.Flags().Changed(s.flag) {
			continue
		}
		if sel[s.facet] = *f.selected[s.facet]; len(sel[s.facet]) == 0 {
			return nil, usagef("%s: nothing is named", s.flag)
		}
	}
	return sel, nil
}

// export writes what is selected of records, in a format.
func export(s streams, files []string, out string, f format, sel reports.Selection) error {
	var err error
	if out != "" && f.name != hgrm.name {
		if out, err = replaceable(out, files); err != nil {
			return err
		}
	}
	all, err := s.gather(files)
	if err != nil {
		return err
	}
	if err := f.suits(all); err != nil {
		return err
	}
	if f.name == cells.name && len(sel) > 0 {
		return withHint(usagef("cells: the flags that select are of series"), "leave them out")
	}
	rep, err := sel.Of(all)
	if none, ok := errors.AsType[*reports.NoSeriesError](err); ok {
		return noSeries(none)
	}
	write := func(w io.Writer) error { return f.write(s, w, rep, origin{files: files}, sel) }
	switch {
	case out == "":
		return write(s.out)
	case f.name == hgrm.name:
		return writeDistributions(s.err, rep, out)
	}
	return withHint(replaceFiles([]replacement{{out, write}}), "choose another with --out")
}

// noSeries is the usage error of a selection that leaves no series.
func noSeries(none *reports.NoSeriesError) error {
	if none.Facet.Name == "" {
		return withHint(usage(none), "leave out one of the flags that select")
	}
	return unknown(none.Facet.Name, none.Value, none.Facet.Values)
}

// replaceable is the file that a path leads to, if it may be replaced: what is no
// file is not, and a record is not its own export.
func replaceable(path string, records []string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		return path, nil
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", err
	case info.IsDir():
		return "", withHint(usagef("out: %s is a directory", path), "name a file in it")
	case !info.Mode().IsRegular():
		return "", withHint(usagef("out: %s is no file", path), "without --out the result goes to stdout")
	}
	for _, record := range records {
		if of, err := os.Stat(record); err == nil && os.SameFile(info, of) {
			return "", withHint(usagef("out: %s is the record itself", path), "choose another with --out")
		}
	}
	return real, nil
}

// oneDistribution writes the one distribution of a report, which a file in the
// format is.
func oneDistribution(w io.Writer, rep *reports.Report) error {
	all := reports.Distributions(rep)
	switch {
	case len(all) != 1:
		return withHint(usagef("hgrm: there are %d series, and a file holds one", len(all)), "give --out DIR for a file each"+narrower(rep))
	case all[0].N == 0:
		return fmt.Errorf("hgrm: %s: no sample is valid", all[0].Title)
	}
	return all[0].Write(w)
}

// narrower lists the flags by which one series could be had of several.
func narrower(rep *reports.Report) string {
	var flags []string
	for i, facet := range reports.Facets(rep) {
		if len(facet.Values) > 1 {
			flags = append(flags, fmt.Sprintf("--%s of %s", selectors[i].flag, strings.Join(facet.Values, ", ")))
		}
	}
	if len(flags) == 0 {
		return ", or name one record"
	}
	return ", or select one by " + strings.Join(flags, "; ")
}

// writeDistributions writes a file for each series into a directory. One without
// a valid sample has none, which is told.
func writeDistributions(stderr io.Writer, rep *reports.Report, dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return withHint(fmt.Errorf("output directory: %w", err), "choose another with --out")
	}
	var all []replacement
	for _, d := range reports.Distributions(rep) {
		if d.N == 0 {
			tell(stderr, "nsbench: warning: %s: no sample is valid: it has no file\n", d.Title)
			continue
		}
		all = append(all, replacement{filepath.Join(dir, d.Name), d.Write})
	}
	return withHint(replaceFiles(all), "choose another with --out")
}
