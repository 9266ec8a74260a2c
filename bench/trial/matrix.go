package trial

import (
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
)

// A Matrix is cells, each of which is found out by so many trials.
type Matrix struct {
	Plan  result.Plan // as the record has it
	Cells []*Cell     // in the order in which they are tried
}

// A Cell is one of a matrix: a primitive to which one thing is done. What that is, and
// what it comes to, only its maker knows.
type Cell struct {
	// Is names the cell: those members of its record that say which it is.
	Is result.Behaviour

	// Trial is the nth trial of it.
	Trial func(n int) Trial

	// Unavailable says why there is none to carry out, where that is known before.
	Unavailable string

	// Reading is what a report means in this matrix; nil for what it says.
	Reading func(Report) Report

	// Badness orders outcomes: what is less to be wished for has more of it.
	Badness func(outcome string) int

	reports []*Report // by trial; nil of one that is not done
	missing int       // trials that have not come to their end
}

// expects has the cell expect so many trials.
func (c *Cell) expects(trials int) {
	c.reports, c.missing = make([]*Report, trials), trials
}

// tell notes what a trial came to, and returns how many there are less to come. Where
// the first that comes to anything is unavailable, all are, also those that are still
// under way and end later. One that is unavailable later, among others that were not,
// says nothing of the cell: it is lost, as one is that is broken, and so are not the
// findings of the others.
func (c *Cell) tell(n int, rep Report) (done int, lost string) {
	if c.missing == 0 {
		return 0, ""
	}
	done = 1
	switch {
	case rep.Broken != "":
		lost = rep.Broken
	case rep.Unavailable == "":
		c.reports[n] = &rep
	case c.begun():
		lost = rep.Unavailable
	default:
		c.reports[n] = &rep
		done = c.missing
	}
	c.missing -= done
	return done, lost
}

// name names the cell for who reads an error.
func (c *Cell) name() string {
	return strings.Join(slices.DeleteFunc([]string{c.Is.Primitive, c.Is.Fault, c.Is.Namespace, c.Is.Way}, func(s string) bool { return s == "" }), ", ")
}

// begun reports whether a trial of it is done.
func (c *Cell) begun() bool {
	return slices.ContainsFunc(c.reports, func(r *Report) bool { return r != nil })
}

// Behaviour is the cell as the record has it, by what its trials came to, in their
// order. One that is unavailable makes the cell so: nothing of it is a finding.
func (c *Cell) Behaviour(reports ...Report) *result.Behaviour {
	b := c.Is
	for _, rep := range reports {
		if c.Reading != nil {
			rep = c.Reading(rep)
		}
		if rep.Unavailable != "" {
			b = c.Is
			b.Outcome, b.Reason, b.Moot = result.OutcomeUnavailable, rep.Unavailable, rep.Moot
			return &b
		}
		b.Trials++
		b.Results = tally(b.Results, rep.Result)
		if rep.Descriptors != nil {
			b.Descriptors = append(b.Descriptors, *rep.Descriptors)
		}
		if rep.LatencyNS > 0 {
			b.LatencyNS = append(b.LatencyNS, rep.LatencyNS)
			if rep.FreeNS > 0 {
				b.FreeNS = append(b.FreeNS, rep.FreeNS)
			}
		}
	}
	slices.SortStableFunc(b.Results, func(x, y result.Result) int { return y.N - x.N })
	b.Outcome = c.most(b.Results)
	return &b
}

// behaviour is Behaviour by the trials that are done.
func (c *Cell) behaviour() *result.Behaviour {
	var done []Report
	for _, r := range c.reports {
		if r != nil {
			done = append(done, *r)
		}
	}
	return c.Behaviour(done...)
}

// tally counts a result with those that are the same.
func tally(all []result.Result, one result.Result) []result.Result {
	for i := range all {
		one.N = all[i].N
		if all[i] == one {
			all[i].N++
			return all
		}
	}
	one.N = 1
	return append(all, one)
}

// most is the outcome of most trials, and of equally many the worse.
func (c *Cell) most(all []result.Result) (most string) {
	count := make(map[string]int)
	for _, r := range all {
		count[r.Outcome] += r.N
	}
	for _, r := range all {
		n := count[r.Outcome]
		if most == "" || n > count[most] || n == count[most] && c.Badness(r.Outcome) > c.Badness(most) {
			most = r.Outcome
		}
	}
	return most
}

// A Recorder is told of a matrix as it is found out.
type Recorder struct {
	Record   func(result.Record) error // its error ends the run
	Progress func(done, total int)     // trials; nil for nobody
}
