package reports

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
)

// mostCarried is how many samples a page carries. More are in the record, which is
// as large as they make it.
const mostCarried = 200_000

// carried counts the samples of a report, and reports whether a page carries them.
func carried(rep *Report) (n int, ok bool) {
	for _, run := range rep.Runs {
		for _, s := range run.Series {
			n += s.Release.N()
		}
	}
	return n, n > 0 && n <= mostCarried
}

// figureSamples writes the samples that the figures of a report are made of, as a
// line each under a line of names, in the order in which they were measured. The
// names are those of CSV, which writes a record's samples with all their stamps, but
// for latency_ns: the release latency, and of an early release the time from arming
// to going on. Rounds count from 0 without those for warming up.
func figureSamples(w io.Writer, rep *Report) error {
	out := csv.NewWriter(w)
	write := func(line []string) {
		_ = out.Write(line) // a failure stays, and is returned below
	}
	write([]string{
		"run", "primitive", "launcher", "namespaces", "placement", "planned_hold_ns", "children", "load", "load_nice", "cpu_quota", "idle", "sched",
		"stage", "kind", "round", "latency_ns",
	})
	for i, run := range rep.Runs {
		for _, s := range run.Series {
			c := conditionsOf(s.Series)
			line := []string{
				strconv.Itoa(i), cell(s.Primitive), cell(s.Launcher), cell(namespaces(s.Series)), cell(s.Placement), decimal(c.hold), strconv.Itoa(c.children),
				strconv.Itoa(c.load), strconv.Itoa(c.nice), strconv.Itoa(c.quota), cell(c.idle), cell(c.sched), s.Stage, s.Kind, "", "",
			}
			round, ends := 0, s.Release.Ends()
			for at, ns := range s.Release.Ordered() {
				for round < len(ends) && at >= ends[round] {
					round++
				}
				line[len(line)-2], line[len(line)-1] = strconv.Itoa(round), strconv.FormatFloat(ns, 'f', -1, 64)
				write(line)
			}
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write samples: %w", err)
	}
	return nil
}
