package reports

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports/plot"
)

// csvHeader names the columns of CSV. They are stable: later versions may add
// some at the end.
var csvHeader = []string{
	"primitive", "launcher", "namespaces", "placement", "round", "stage", "hold_ns", "release_ns", "signal_ns", "valid",
	"reason", "run", "place", "stage_number", "wait_cpu_ns", "voluntary", "involuntary", "cpu_parent", "cpu_child",
	"kind", "children", "load", "load_nice", "cpu_quota", "idle", "sched", "planned_hold_ns", "group",
}

// warmUp is the reason given for samples of warm-up rounds.
const warmUp = "warm-up"

// CSV writes the samples of a record that are selected, as one line each under a
// line of names, while it reads. Stage is "first" or "later" as everywhere,
// stage_number counts from 1 within a child, hold_ns is the sample's own hold,
// run counts the headers of the record from 0. Kind is "held", or "early" for a
// release that came before its child waited, whose figure is release_ns plus
// hold_ns, which is negative. Group counts from 0 within a block the children
// that were released together. Valid is true for the samples that the figures of
// the other reports are made of; for the rest, warm-up included, reason says why
// not.
//
// Fields are quoted as RFC 4180 has it; lines end in LF alone.
//
// Torn lines are left out. If there were any, the error wraps result.ErrTorn,
// and everything else has been written.
func CSV(w io.Writer, record io.Reader, sel Selection) error {
	out := &samples{csv: csv.NewWriter(w), sel: sel, run: -1}
	if err := out.csv.Write(csvHeader); err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	torn, err := walk(record, out.add)
	if err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	out.csv.Flush()
	if err := out.csv.Error(); err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	if torn != nil {
		return fmt.Errorf("write csv: %w", torn)
	}
	return nil
}

// samples writes the samples of a record.
type samples struct {
	csv     *csv.Writer
	sel     Selection
	run     int
	plan    result.Plan
	chosen  []choice // by series
	reasons []string
	line    []string
}

func (s *samples) add(_ int, record result.Record) error {
	switch record := record.(type) {
	case *result.Header:
		s.run++
		s.plan, s.chosen = record.Plan, s.sel.samples(record.Plan)
	case *result.Block:
		return s.block(record)
	}
	return nil
}

func (s *samples) block(b *result.Block) error {
	s.reasons = invalid(s.reasons, b)
	series := s.plan.Series[b.Series]
	fixed := []string{cell(series.Label()), cell(series.Launcher), cell(namespaces(series)), cell(series.Placement)}
	c := conditionsOf(series)
	axes := []string{
		strconv.Itoa(c.children), strconv.Itoa(c.load), strconv.Itoa(c.nice), strconv.Itoa(c.quota), cell(c.idle), cell(c.sched), decimal(c.hold),
	}
	for i, reason := range s.reasons {
		stage, kind, group := stageOf(b.Stage[i]), kindOf(b, i, reason), i/max(s.plan.Stages, 1)/c.children
		if !s.chosen[b.Series].has(stage, kind) {
			continue
		}
		if reason == "" && b.Warmup {
			reason = warmUp
		}
		s.line = append(s.line[:0], fixed...)
		s.line = append(s.line,
			strconv.Itoa(b.Round), stage, decimal(b.HoldNS[i]), decimal(b.ReleaseNS[i]), decimal(b.SignalNS[i]),
			strconv.FormatBool(reason == ""), cell(reason), strconv.Itoa(s.run), strconv.Itoa(b.Place), decimal(b.Stage[i]),
			decimal(b.WaitCPUNS[i]), decimal(b.Voluntary[i]), decimal(b.Involuntary[i]), decimal(b.ParentCPU[i]), decimal(b.ChildCPU[i]),
			kind,
		)
		s.line = append(append(s.line, axes...), strconv.Itoa(group))
		if err := s.csv.Write(s.line); err != nil {
			return err
		}
	}
	return nil
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// cell is a text fit for a spreadsheet, which takes one that begins with any
// of four characters for a formula to be run.
func cell(s string) string { return harmless(plot.Clean(s, wordLimit)) }

func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@", rune(s[0])) {
		return "'" + s
	}
	return s
}
