package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

// cellFlags are the flags, as typed, of the commands that find out what becomes of
// primitives, cell by cell: faults and isolation.
type cellFlags struct {
	primitives   []string
	trials       int
	deadline     time.Duration
	out, format  string
	force, quiet bool
}

func (f *cellFlags) define(c *cobra.Command, of sectionKind, trials int, deadline time.Duration, formats []format) {
	flags := c.Flags()
	flags.StringSliceVar(&f.primitives, "primitives", []string{"all"}, "what to try: names, core or all; see nsbench list")
	flags.IntVar(&f.trials, "trials", trials, "how often each cell is tried")
	flags.DurationVar(&f.deadline, "deadline", deadline, "how long one that sleeps may stay where it is before it counts as hung")
	flags.StringVar(&f.out, "out", "", "directory for the record and the reports, also of a run (default nsbench-out/<time>)")
	flags.StringVar(&f.format, "format", formats[0].name, "of the result on stdout: "+strings.Join(formatNames(formats), ", "))
	flags.BoolVar(&f.force, "force", false, "overwrite "+of.those+" in the directory already")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "neither progress nor warnings, nor where the record is")
	must(c.RegisterFlagCompletionFunc("primitives", completePrimitives))
	must(c.RegisterFlagCompletionFunc("format", completeOf(formatNames(formats)...)))
}

// cellsOf writes the cells of one matrix as csv, the other being stripped off.
func cellsOf(strip func(reports.Run) reports.Run) format {
	return format{name: "csv", gathers: wherever(func(w io.Writer, rep *reports.Report) error {
		only := &reports.Report{}
		for _, run := range rep.Runs {
			only.Runs = append(only.Runs, strip(run))
		}
		return reports.CellsCSV(w, only)
	})}
}

// A finding is what such a command carries out.
type finding struct {
	section sectionKind
	format  format
	run     func(ctx context.Context, record func(result.Record) error, progress func(done, total int)) error
}

// findOut carries a finding out, records it, and reports it with what else is recorded
// in the directory. Whatever the flags could be refused for has been refused.
func (f *cellFlags) findOut(c *cobra.Command, s streams, what finding) error {
	warnings := s.err
	if f.quiet {
		warnings = io.Discard
	}
	dir, err := openOutput(f.out, what.section, f.force, time.Now())
	if err != nil {
		return err
	}
	p := newTrialsProgress(s.err, f.quiet)
	err = what.run(c.Context(), func(rec result.Record) error {
		if h, ok := rec.(*result.Header); ok && h.Environment.UserNS {
			tell(warnings, warningPrefix+"not privileged to make the namespaces of trials alone: a user namespace is added\n")
		}
		return dir.write(rec)
	}, p.draw)
	p.done()
	err = explainRun(err)
	if dir.empty() {
		return errors.Join(err, dir.discard())
	}
	return errors.Join(err, dir.finish(warnings), reportRecorded(c.Context(), s, dir, what.format, f.quiet), dir.close())
}

// A trialsProgress tells how many trials are done.
type trialsProgress struct {
	statusLine
	began time.Time
}

func newTrialsProgress(stderr io.Writer, quiet bool) *trialsProgress {
	return &trialsProgress{newStatusLine(stderr, quiet), time.Now()}
}

func (p *trialsProgress) draw(done, total int) {
	elapsed := time.Since(p.began)
	if p.due(elapsed) {
		p.show(fmt.Sprintf("trial %d of %d, %v left", done, total, remaining(elapsed, done, total).Round(time.Second)))
	}
}

// chosenOf returns those of all that are named, each once and in their order, or a usage
// error.
func chosenOf[T any](what string, names []string, all []T, nameOf func(T) string) (chosen []T, err error) {
	if len(names) == 0 {
		return nil, usagef("%ss: nothing is named", what)
	}
	var valid []string
	for _, one := range all {
		valid = append(valid, nameOf(one))
		if slices.Contains(names, nameOf(one)) {
			chosen = append(chosen, one)
		}
	}
	for _, name := range names {
		if !slices.Contains(valid, name) {
			return nil, unknown(what, name, valid)
		}
	}
	return chosen, nil
}

// header is what a section begins with that does not depend on what is found out.
func header() result.Header {
	a := about()
	return result.Header{Schema: result.Schema, Version: a.Version, Started: time.Now().UTC(), Command: a.Command, Environment: a.Environment}
}
