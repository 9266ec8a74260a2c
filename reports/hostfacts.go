package reports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports/plot"
)

// A hostFact is one thing on which figures depend, as each run has it, in words
// that are fit to be shown.
type hostFact struct {
	name   string
	values []string // in the order of the runs
}

// facts lists what is not the same on all hosts, in the order of [Differs] and as
// that finds it, and what is.
func (h *hosts) facts() (differing []hostFact, same []fact) {
	for _, p := range properties {
		f := hostFact{name: p.name}
		var there []string // an optional one counts where it is
		for _, run := range h.runs {
			value := p.of(run.Header)
			f.values = append(f.values, p.shown(value))
			if !p.optional || value != "" {
				there = append(there, value)
			} else {
				f.values[len(f.values)-1] = "-"
			}
		}
		switch {
		case len(there) == 0:
		case alike(there) && alike(f.values):
			same = append(same, fact{f.name, f.values[0]})
		case !alike(there):
			differing = append(differing, f)
		}
	}
	differing = append(differing, h.sides()...)
	differing = append(differing, h.commandLines()...)
	differing = append(differing, h.nullGates()...)
	differing = append(differing, h.warnings()...)
	if baseline := h.of("baseline", func(run Run) string { return orElse(word(run.Baseline), "none") }); !alike(baseline.values) {
		differing = append(differing, baseline)
	}
	seed := h.of("seed", func(run Run) string { return strconv.FormatUint(run.Header.Seed, 10) })
	if alike(seed.values) {
		return differing, append(same, fact{seed.name, seed.values[0]})
	}
	return append(differing, seed), same
}

func alike(values []string) bool {
	return !slices.ContainsFunc(values, func(v string) bool { return v != values[0] })
}

// of is a fact by what it is on each host.
func (h *hosts) of(name string, value func(Run) string) hostFact {
	f := hostFact{name: name}
	for _, run := range h.runs {
		f.values = append(f.values, value(run))
	}
	return f
}

// anyPair tells whether two of the runs differ in some way.
func (h *hosts) anyPair(differ func(a, b result.Header) bool) bool {
	for i, run := range h.runs {
		if slices.ContainsFunc(h.runs[i+1:], func(other Run) bool { return differ(run.Header, other.Header) }) {
			return true
		}
	}
	return false
}

func (h *hosts) sides() []hostFact {
	if !h.anyPair(func(a, b result.Header) bool { return differingSides(a, b) != nil }) {
		return nil
	}
	return []hostFact{h.of("CPUs in use", func(run Run) string { return pinning(&run.Header) })}
}

func (h *hosts) nullGates() []hostFact {
	if !h.anyPair(func(a, b result.Header) bool { return differingNull(a.Clock, b.Clock) != nil }) {
		return nil
	}
	return []hostFact{h.of("null gate", func(run Run) string { return plot.Time(float64(run.Header.Clock.NullNS)) })}
}

// commandLines are the kernels' but for the words that all of them have.
func (h *hosts) commandLines() []hostFact {
	having := make(map[string]int) // how many of the runs have a word
	for _, run := range h.runs {
		words := strings.Fields(run.Header.Environment.Cmdline)
		slices.Sort(words)
		for _, w := range slices.Compact(words) {
			having[w]++
		}
	}
	f := h.of("kernel command line, in part", func(run Run) string {
		own := slices.DeleteFunc(strings.Fields(run.Header.Environment.Cmdline), func(w string) bool { return having[w] == len(h.runs) })
		return orElse(sentence(strings.Join(own, " ")), "nothing more")
	})
	if alike(f.values) {
		return nil
	}
	return []hostFact{f}
}

// warnings are the checks that found something on some hosts and not on all.
func (h *hosts) warnings() []hostFact {
	var all []hostFact
	var known []string
	for _, run := range h.runs {
		for _, d := range run.Header.Environment.Disturbances {
			if slices.Contains(known, d.Check) {
				continue
			}
			known = append(known, d.Check)
			found := h.of("warning of "+word(d.Check), func(run Run) string { return warning(run.Header.Environment.Disturbances, d.Check) })
			if !slices.Contains(found.values, "") || alike(found.values) {
				continue
			}
			for i, text := range found.values {
				found.values[i] = orElse(text, "none")
			}
			all = append(all, found)
		}
	}
	return all
}

// factSheet is the table of what differs. What does not is one of its notes.
func (h *hosts) factSheet() sheet {
	s := sheet{title: "What differs between the " + h.noun() + "s", columns: []sheetColumn{{name: "fact", label: true}}}
	for _, label := range h.labels {
		s.columns = append(s.columns, sheetColumn{name: label, text: true})
	}
	differing, same := h.facts()
	started := h.of("started", func(run Run) string { return run.Header.Started.UTC().Format("2006-01-02 15:04:05") + " UTC" })
	for _, f := range append([]hostFact{started}, differing...) {
		if slices.Equal(f.values, h.labels) {
			continue // they head the columns
		}
		s.rows = append(s.rows, append([]string{f.name}, f.values...))
	}
	if len(same) > 0 {
		parts := make([]string, len(same))
		for i, f := range same {
			parts[i] = f.Name + " " + f.Value
		}
		s.notes = append(s.notes, "The same on all: "+strings.Join(parts, "; ")+".")
	}
	for i, first := range h.original() {
		if first != i {
			s.notes = append(s.notes, fmt.Sprintf("%s and %s are the same run, recorded once and read twice.", h.labels[first], h.labels[i]))
		}
	}
	return s
}
