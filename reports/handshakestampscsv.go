package reports

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"github.com/nsbench/nsbench/bench/result"
)

// stampsHeader names the columns of HandshakeStampsCSV. They are stable: later versions
// may add some at the end.
var stampsHeader = []string{
	"run", "profile", "with", "work", "trimmed", "dropped", "round", "place", "handshake", "valid", "reason", "wrong", "total_ns",
	"step", "kind", "by", "to", "name", "primitive", "begin_ns", "end_ns", "armed_ns", "resumed_ns", "slept", "early", "latency_ns", "critical_ns",
}

// HandshakeStampsCSV writes the handshakes of a record under a line of names, while it reads:
// one line a handshake and step. Handshake counts from 0 within a visit, step within its
// profile, run the headers of the record. Times are in ns from the first stamp of their
// handshake, and 0 is a stamp that is not there; a column that a step of its kind does not
// have is empty. Latency is that of a stage, empty of an early one, and critical_ns what
// the step has of the critical path. Valid is true for those that the figures of the other
// reports are made of; for the rest, warm-up included, reason says why not.
//
// Fields are quoted as RFC 4180 has it; lines end in LF alone. Torn lines are left out. If
// there were any, the error wraps result.ErrTorn, and everything else has been written.
func HandshakeStampsCSV(w io.Writer, record io.Reader) error {
	out := &handshakeLines{csv: csv.NewWriter(w), run: -1}
	if err := out.csv.Write(stampsHeader); err != nil {
		return fmt.Errorf("write csv of stamps: %w", err)
	}
	torn, err := walk(record, out.add)
	if err != nil {
		return fmt.Errorf("write csv of stamps: %w", err)
	}
	out.csv.Flush()
	if err := out.csv.Error(); err != nil {
		return fmt.Errorf("write csv of stamps: %w", err)
	}
	if torn != nil {
		return fmt.Errorf("write csv of stamps: %w", torn)
	}
	return nil
}

// handshakeLines writes the handshakes of a record.
type handshakeLines struct {
	csv     *csv.Writer
	run     int
	paths   []*pathfinder // of the profiles of the section at hand
	scratch []stamped
}

func (l *handshakeLines) add(_ int, record result.Record) error {
	switch record := record.(type) {
	case *result.Header:
		l.run++
		l.paths = nil
		for _, p := range record.Plan.Profiles {
			l.paths = append(l.paths, newPathfinder(p))
		}
	case *result.Handshake:
		for i := range record.TotalNS {
			if err := l.handshake(record, i); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *handshakeLines) handshake(h *result.Handshake, at int) error {
	f := l.paths[h.Profile]
	p := f.profile
	l.scratch = stampsAt(l.scratch, h, at)
	reason := f.invalid(h, at, l.scratch)
	critical := make([]int64, len(p.Steps))
	if reason == "" {
		for _, s := range f.path(l.scratch, h.TotalNS[at]) {
			if s.step != unspent {
				critical[s.step] += s.to - s.from
			}
		}
	}
	if reason == "" && h.Warmup {
		reason = warmUp
	}
	for i, s := range p.Steps {
		row := []string{
			strconv.Itoa(l.run), cell(p.Name), cell(p.With), cell(p.Work), cell(p.Trimmed), cell(p.Dropped),
			strconv.Itoa(h.Round), strconv.Itoa(h.Place), strconv.Itoa(at), strconv.FormatBool(reason == ""), cell(reason), sentenceCell(h.Wrong[at]), decimal(h.TotalNS[at]),
			strconv.Itoa(i), s.Kind, cell(s.By), cell(s.To), cell(s.Name), cell(s.Primitive),
		}
		of := h.Steps[i]
		for _, column := range [][]int64{of.BeginNS, of.EndNS, of.ArmedNS, of.ResumedNS, of.Slept} {
			text := ""
			if column != nil {
				text = decimal(column[at])
			}
			row = append(row, text)
		}
		early, latency := "", ""
		if m := l.scratch[i]; s.Kind == result.StepReleases && m.resumed > 0 {
			if early = strconv.FormatBool(m.early()); !m.early() {
				latency = decimal(m.resumed - m.begin)
			}
		}
		if err := l.csv.Write(append(row, early, latency, decimal(critical[i]))); err != nil {
			return err
		}
	}
	return nil
}
