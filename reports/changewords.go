package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// Apart from what was changed, runs differ by what no interval of theirs can hold.
const twoRuns = "What two runs differ by besides what was changed is not in these intervals: what happened on the host meanwhile, " +
	"its neighbours, where memory came to lie. Compare within one run where that can be had; else repeat both in turn, and see whether it stays."

// What is told where a run is compared with itself: in CI that passes every condition.
const sameRun = "Both records are of the same run."

func (c *Changes) once() bool { return sameRunAs(c.Old, c.New) }

// sameRunAs tells whether two records are of one run.
func sameRunAs(a, b Run) bool {
	old, now := a.Header, b.Header
	return old.Started.Equal(now.Started) && old.Seed == now.Seed && old.Environment.Host == now.Environment.Host
}

// facts says which runs these are.
func (c *Changes) facts() []fact {
	return []fact{{"old", whichRun(c.Old)}, {"new", whichRun(c.New)}}
}

func whichRun(run Run) string {
	env := run.Header.Environment
	all := facts(run)
	at := slices.IndexFunc(all, func(f fact) bool { return f.Name == "run" })
	return joined(all[at].Value, "host "+known(env.Host), "kernel "+known(env.Kernel))
}

// cautions are the reasons to doubt the comparison: what was not the same, what is
// wrong with the records, and what is in one run only.
func (c *Changes) cautions() []caution {
	var all []caution
	if c.once() {
		all = append(all, caution{Mark: "warn", Text: sameRun})
	}
	for _, d := range c.Differences {
		all = append(all, caution{Mark: "differs", Text: d.String()})
	}
	for _, p := range c.Old.Problems {
		all = append(all, caution{Mark: "record", Text: "old: " + p})
	}
	for _, p := range c.New.Problems {
		all = append(all, caution{Mark: "record", Text: "new: " + p})
	}
	for _, text := range keysOf(c.OldOnly) {
		all = append(all, caution{Mark: "only old", Text: text})
	}
	for _, text := range keysOf(c.NewOnly) {
		all = append(all, caution{Mark: "only new", Text: text})
	}
	for _, d := range c.Apart {
		all = append(all, caution{Mark: "unpaired", Text: "what is in one run only differs in its " + d.String()})
	}
	return all
}

// legend explains the columns, in sentences.
func (c *Changes) legend() []string {
	return []string{
		"Times are release latencies: from just before the parent's release operation to just after the child's wait returned.",
		fmt.Sprintf("new/old: how many times as long as in the old run, where that lies, and what it says: slower or faster if all of the interval is "+
			"beyond %s, same if all of it is within, else inconclusive. Samples that depend on each other widen it. At each quantile the intervals of all %s "+
			"hold at once with %g %% confidence (Bonferroni). Behind a median is where it lies with %[3]g %%.",
			percent(c.Threshold), plural(len(c.Series), "comparison"), 100*stat.Confidence),
		twoRuns,
	}
}

// selfChecks says what each run found between the baseline and itself.
func (c *Changes) selfChecks() []string {
	var all []string
	for _, side := range c.sides() {
		for _, g := range groups(side.run) {
			for _, s := range g.series {
				if g.twin(s) && s.Against != nil && s.Against.RatioInterval.Known() {
					all = append(all, fmt.Sprintf("%s, %s. %s", capital(side.name), g.title(), selfCheck(g, s)))
				}
			}
		}
	}
	return all
}

// A side is one of the two runs.
type side struct {
	name string
	run  Run
}

func (c *Changes) sides() []side { return []side{{"old", c.Old}, {"new", c.New}} }

// Verdict says for each quantile how many series have become slower or faster, and
// which. It is a sentence or two for each.
func (c *Changes) Verdict() []string {
	var all []string
	for at, q := range c.Quantiles {
		by := make(map[stat.Verdict][]string)
		none := 0
		for _, g := range c.groups() {
			for _, one := range g.all {
				r := one.Ratios[at]
				if !r.Interval.Known() {
					none++
					continue
				}
				v := r.Verdict(c.Threshold)
				by[v] = append(by[v], fmt.Sprintf("%s, %s, %s times (%s)", word(one.Old.Primitive), g.title(), multiple(r.Ratio), ratioSpan(r.Interval)))
			}
		}
		all = append(all, stat.QuantileName(q)+": "+counted(by, none)+listedBy(by))
	}
	return all
}

// counted is how many series each verdict has: "2 slower, 1 same, 1 without an
// interval.", say.
func counted(by map[stat.Verdict][]string, none int) string {
	var parts []string
	for _, v := range []stat.Verdict{stat.Slower, stat.Faster, stat.Same, stat.Inconclusive} {
		if n := len(by[v]); n > 0 {
			parts = append(parts, plot.Count(n)+" "+string(v))
		}
	}
	if none > 0 {
		parts = append(parts, plot.Count(none)+" without an interval")
	}
	return joined(parts...) + "."
}

func listedBy(by map[stat.Verdict][]string) string {
	var text strings.Builder
	for _, v := range []stat.Verdict{stat.Slower, stat.Faster} {
		if by[v] != nil {
			text.WriteString(" " + capital(string(v)) + ": " + strings.Join(by[v], "; ") + ".")
		}
	}
	return text.String()
}
