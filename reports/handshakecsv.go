package reports

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// handshakesHeader names the columns of HandshakesCSV. They are stable: later versions
// may add some at the end.
var handshakesHeader = []string{
	"run", "profile", "with", "work", "trimmed", "dropped", "n", "invalid", "total_p50_ns", "total_p50_lo_ns", "total_p50_hi_ns", "share_between",
	"step", "kind", "by", "to", "name", "primitive", "step_n", "p50_ns", "p50_lo_ns", "p50_hi_ns", "p90_ns", "p99_ns", "share", "early", "slept", "unavailable",
}

// HandshakesCSV writes what handshakes took under a line of names: a line for each profile
// as it was run and each of its steps, and one for a profile that cannot be run. Times are
// in ns, shares from 0 to 1; what is not known is empty. Step counts from 0 within its
// profile, run the runs of the report. [HandshakeStampsCSV] writes each handshake.
//
// Fields are quoted as RFC 4180 has it; lines end in LF alone.
func HandshakesCSV(w io.Writer, rep *Report) error {
	rows := [][]string{handshakesHeader}
	for i, run := range rep.Runs {
		if run.Handshakes == nil {
			continue
		}
		for _, p := range run.Handshakes.Profiles {
			rows = append(rows, p.lines(i)...)
		}
	}
	if err := csv.NewWriter(w).WriteAll(rows); err != nil {
		return fmt.Errorf("write csv of handshakes: %w", err)
	}
	return nil
}

// lines are those of a profile.
func (p HandshakeProfile) lines(run int) (rows [][]string) {
	figure := func(v float64) string { return csvTime(number(v)) }
	s := p.Summary
	head := []string{
		strconv.Itoa(run), cell(p.Name), cell(p.With), cell(p.Work), cell(p.Trimmed), cell(p.Dropped), strconv.Itoa(s.N), strconv.Itoa(p.InvalidTotal()),
		figure(s.P50), figure(s.P50Interval.Lo), figure(s.P50Interval.Hi), figure(p.Shares.Between),
	}
	if p.Unavailable != "" {
		row := append(slices.Clip(head), make([]string, len(handshakesHeader)-len(head)-1)...)
		return [][]string{append(row, sentenceCell(p.Unavailable))}
	}
	for i, step := range p.Steps {
		t := step.Took
		rows = append(rows, append(slices.Clip(head),
			strconv.Itoa(i), step.Kind, cell(step.By), cell(step.To), cell(step.Name), cell(step.Primitive), strconv.Itoa(t.N),
			figure(t.P50), figure(t.P50Interval.Lo), figure(t.P50Interval.Hi), figure(t.P90), figure(t.P99), figure(step.Share), figure(step.Early), figure(step.Slept), "",
		))
	}
	return rows
}
