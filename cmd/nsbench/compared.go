package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/nsbench/nsbench/bench"
	"github.com/nsbench/nsbench/sync/gate"
)

// comparedFlags are the flags that say how series are compared with each other,
// as typed. Nothing that is measured depends on them.
type comparedFlags struct{ baseline, threshold string }

func (f *comparedFlags) define(c *cobra.Command) {
	c.Flags().StringVar(&f.baseline, baselineFlag, gate.PipeEOF.Name, "the primitive that the others are compared with")
	c.Flags().StringVar(&f.threshold, thresholdFlag, "2%", thresholdUsage)
	must(c.RegisterFlagCompletionFunc(baselineFlag, completePrimitives))
}

const (
	baselineFlag   = "baseline"
	thresholdFlag  = "threshold"
	thresholdUsage = "the share below which a difference makes none, such as 2% or 0.02"
)

// parse returns the name of the baseline, and the threshold as a share of 1, or
// a usage error.
func (f *comparedFlags) parse() (baseline string, threshold float64, err error) {
	if _, err := primitive(f.baseline); err != nil {
		return "", 0, err
	}
	threshold, err = share(thresholdFlag, f.threshold)
	return f.baseline, threshold, err
}

// tell says in a plan how it is to be compared. A baseline that was asked for
// has to be measured; where the usual one is not, there is nothing to compare with.
func (f *comparedFlags) tell(plan *bench.Plan, flags *pflag.FlagSet) (err error) {
	if plan.Baseline, plan.Threshold, err = f.parse(); err != nil {
		return err
	}
	if plan.Measures(plan.Baseline) {
		return nil
	}
	if flags.Changed(baselineFlag) {
		return notMeasured(plan.Baseline, baselineFlag)
	}
	plan.Baseline, plan.Threshold = "", 0
	return nil
}

// notMeasured says that a flag takes a primitive that is not measured.
func notMeasured(name, flag string) error {
	return usagef("%s: %s is not among the primitives measured: add it to --primitives", flag, name)
}

// share is a share of a whole from 0 to less than 1, or a usage error: a value in
// per cent, such as 2%, or a plain number, such as 0.02.
func share(flag, text string) (float64, error) {
	number, percent := strings.CutSuffix(text, "%")
	if percent {
		number += "e-2" // and not divided: 3.1% is 0.031 to the last bit
	}
	v, err := strconv.ParseFloat(number, 64)
	switch {
	case err != nil:
		return 0, usagef("%s %q: want a share, such as 2%% or 0.02", flag, text)
	case !percent && v >= 1 && v < 100:
		return 0, withHint(usagef("%s %s: want 0%% to less than 100%%, such as 2%% or 0.02", flag, text), "did you mean "+text+"%?")
	case !(v >= 0 && v < 1): // nor is NaN
		return 0, usagef("%s %s: want 0%% to less than 100%%, such as 2%% or 0.02", flag, text)
	}
	return v, nil
}

// again adds to a plan what is made of its baseline: the self check, and the
// delays to be found.
func (f *runFlags) again(plan *bench.Plan) error {
	if f.selfCheck && plan.Baseline == "" {
		return notMeasured(f.compared.baseline, "self-check")
	}
	if len(f.delays) > 0 && plan.Baseline == "" {
		return notMeasured(f.compared.baseline, delaysFlag)
	}
	if slices.Contains(f.delays, 0) {
		return usagef("%s: 0s is no delay: use --self-check", delaysFlag)
	}
	if err := distinct(delaysFlag, f.delays); err != nil {
		return err
	}
	plan.Series = bench.WithDelays(plan.Series, plan.Baseline, f.delays)
	if f.selfCheck {
		plan.Series = bench.WithSelfCheck(plan.Series, plan.Baseline)
	}
	return nil
}

const delaysFlag = "delays"

// forget takes the baseline out of a plan that has come to measure it nowhere. It
// says what the plan has lost with those of its series that cannot be measured,
// empty if that is nothing of the baseline's.
func forget(plan *bench.Plan, lost []bench.Series) (warning string) {
	ours := slices.DeleteFunc(slices.Clone(lost), func(s bench.Series) bool { return s.Primitive.Name != plan.Baseline })
	if len(ours) == 0 {
		return ""
	}
	without := "nothing is compared"
	if slices.ContainsFunc(ours, func(s bench.Series) bool { return s.SelfCheck }) {
		without += ", and there is no self check"
	}
	if plan.Measures(plan.Baseline) {
		return fmt.Sprintf("%s, the baseline, cannot be used under all of the conditions: where it cannot, %s", plan.Baseline, without)
	}
	warning = fmt.Sprintf("%s, the baseline, cannot be used here: %s: choose another by --%s", plan.Baseline, without, baselineFlag)
	plan.Baseline, plan.Threshold = "", 0
	return warning
}
