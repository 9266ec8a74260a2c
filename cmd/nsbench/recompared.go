package main

import (
	"math"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/nsbench/nsbench/reports"
)

// recomparedFlags are the flags by which recorded series are compared with each
// other otherwise than their record says, as typed.
type recomparedFlags struct{ baseline, threshold string }

func (f *recomparedFlags) define(c *cobra.Command) {
	c.Flags().StringVar(&f.baseline, baselineFlag, "", "the primitive that the others are compared with (default what the record says)")
	c.Flags().StringVar(&f.threshold, thresholdFlag, "", thresholdUsage+" (default what the record says)")
	must(c.RegisterFlagCompletionFunc(baselineFlag, completePrimitives))
}

// parse returns what compares the series of a report anew, which does nothing where
// no flag is given, or a usage error.
func (f *recomparedFlags) parse(flags *pflag.FlagSet) (recompare func(*reports.Report) error, err error) {
	threshold := math.NaN()
	if flags.Changed(thresholdFlag) {
		if threshold, err = share(thresholdFlag, f.threshold); err != nil {
			return nil, err
		}
	}
	named := flags.Changed(baselineFlag)
	return func(rep *reports.Report) error {
		if named {
			if err := measured(rep, f.baseline); err != nil {
				return err
			}
		}
		if named || !math.IsNaN(threshold) {
			rep.Compare(f.baseline, threshold)
		}
		return nil
	}, nil
}

// measured is the usage error of a baseline that no run has. The record's names
// count, and not those of the catalogue: it may be that of another version.
func measured(rep *reports.Report, baseline string) error {
	for _, run := range rep.Runs {
		if slices.ContainsFunc(run.Series, func(s reports.Series) bool { return s.Primitive == baseline }) {
			return nil
		}
	}
	facets := reports.Facets(rep)
	at := slices.IndexFunc(facets, func(f reports.Facet) bool { return f.Name == "primitive" })
	return unknown(baselineFlag, baseline, facets[at].Values)
}
