package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

// A format is a way to write records down. Those that write samples read the
// records again, file by file; the others write what was gathered, and hgrm a
// file of each series.
type format struct {
	name    string
	gathers func(w io.Writer, rep *reports.Report, from origin) error
	streams func(w io.Writer, record io.Reader, sel reports.Selection) error
}

var (
	table    = format{name: "table", gathers: printTable}
	asJSON   = format{name: "json", gathers: wherever(reports.JSON)}
	asCSV    = format{name: "csv", streams: reports.CSV}
	markdown = format{name: "markdown", gathers: wherever(reports.Markdown)}
	benchfmt = format{name: "benchfmt", streams: reports.Benchfmt}
	hgrm     = format{name: "hgrm", gathers: wherever(oneDistribution)}
	cells    = format{name: "cells", gathers: wherever(reports.CellsCSV)}
	stamps   = format{name: "stamps", streams: func(w io.Writer, record io.Reader, _ reports.Selection) error {
		return reports.HandshakeStampsCSV(w, record)
	}}
	breaks = format{name: "breaks", gathers: wherever(reports.BreaksCSV)}
)

// An origin is what a report was made of.
type origin struct {
	files    []string
	rendered bool // the page and the pictures have been written
}

// wherever writes a report that says nothing of its origin.
func wherever(write func(io.Writer, *reports.Report) error) func(io.Writer, *reports.Report, origin) error {
	return func(w io.Writer, rep *reports.Report, _ origin) error { return write(w, rep) }
}

// printTable writes a report as the stream can show it, and goes on from the file
// that it was made of, if that is one.
func printTable(w io.Writer, rep *reports.Report, from origin) error {
	opt := screenOf(w).options()
	opt.Rendered = from.rendered
	if len(from.files) == 1 {
		if info, err := os.Stat(from.files[0]); err == nil && info.Mode().IsRegular() {
			opt.Record = from.files[0]
		}
	}
	return reports.Table(w, rep, opt)
}

// What run and report print, and what export writes: a table is for eyes, and
// distributions are for files.
var (
	formats = []format{table, asJSON, asCSV, markdown, benchfmt}
	exports = []format{asCSV, asJSON, markdown, benchfmt, hgrm, cells, stamps, breaks}
)

func formatNames(formats []format) []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

func formatNamed(formats []format, name string) (format, error) {
	for _, f := range formats {
		if f.name == name {
			return f, nil
		}
	}
	return format{}, unknown("format", name, formatNames(formats))
}

// write writes the series of records that are selected: those of the report, and
// where samples are written, those that the selection has of the files.
func (f format) write(s streams, w io.Writer, rep *reports.Report, from origin, sel reports.Selection) error {
	if err := f.suits(rep); err != nil {
		return err
	}
	if f.gathers != nil {
		return f.gathers(w, rep, from)
	}
	return f.stream(s, w, from.files, sel)
}

// suits refuses a report that has nothing of what the format writes, where an empty
// file would look as if nothing had come of it.
func (f format) suits(rep *reports.Report) error {
	series := slices.ContainsFunc(rep.Runs, reports.Run.HasSeries)
	matrices := slices.ContainsFunc(rep.Runs, func(run reports.Run) bool { return run.Faults != nil || run.Isolation != nil })
	handshakes := slices.ContainsFunc(rep.Runs, func(run reports.Run) bool { return run.Handshakes != nil })
	broken := slices.ContainsFunc(rep.Runs, func(run reports.Run) bool { return run.Breaks != nil })
	switch {
	case f.name == stamps.name && !handshakes:
		return withHint(errors.New("stamps: there are no handshakes in the record"), "record them by nsbench handshake")
	case f.name == breaks.name && !broken:
		return withHint(errors.New("breaks: there are no broken handshakes in the record"), "record them by nsbench handshake --breaks")
	case f.name == stamps.name:
		return nil
	case f.name == cells.name && !matrices:
		return withHint(errors.New("cells: there are no faults and no isolation in the record"), "record them by nsbench faults or nsbench isolation")
	case (f.streams != nil || f.name == hgrm.name) && !series && (handshakes || broken):
		return withHint(fmt.Errorf("%s: there are no series in the record, but handshakes", f.name), "nsbench export FILE --format "+map[bool]string{true: stamps.name, false: breaks.name}[handshakes]+" writes those as csv")
	case (f.streams != nil || f.name == hgrm.name) && !series:
		return withHint(fmt.Errorf("%s: there are no series in the record, but what became of primitives under faults or namespaces", f.name), "nsbench export FILE --format cells writes that as csv")
	}
	return nil
}

// stream writes the samples of all files as those of one record, under one line
// of names and with their runs counted through. A torn line is no failure: all
// the others were written, and it was warned of.
func (f format) stream(s streams, w io.Writer, files []string, sel reports.Selection) (err error) {
	var records []io.Reader
	for _, path := range files {
		record, openErr := s.openAgain(path)
		if openErr != nil {
			return openErr
		}
		defer func() { err = firstError(err, record.Close()) }()
		records = append(records, withNewline(record))
	}
	if err := f.streams(w, io.MultiReader(records...), sel); !errors.Is(err, result.ErrTorn) {
		return err
	}
	return nil
}
