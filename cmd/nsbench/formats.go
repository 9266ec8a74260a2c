package main

import (
	"errors"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

// A format is a way to print records to stdout. Those that print samples read
// the records again, file by file; the others print what was gathered.
type format struct {
	name    string
	gathers func(w io.Writer, rep *reports.Report) error
	streams func(w io.Writer, record io.Reader, sel reports.Selection) error
}

var formats = []format{
	{name: "table", gathers: func(w io.Writer, rep *reports.Report) error {
		return reports.Table(w, rep, reports.TableOptions{Width: width(w)})
	}},
	{name: "json", gathers: reports.JSON},
	{name: "csv", streams: reports.CSV},
	{name: "markdown", gathers: reports.Markdown},
	{name: "benchfmt", streams: reports.Benchfmt},
}

func formatNames() []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

func formatNamed(name string) (format, error) {
	for _, f := range formats {
		if f.name == name {
			return f, nil
		}
	}
	return format{}, unknown("format", name, formatNames())
}

// print prints records in the format.
func (f format) print(s streams, rep *reports.Report, files []string) error {
	if f.gathers != nil {
		return f.gathers(s.out, rep)
	}
	warnOfProblems(s.err, rep)
	return f.stream(s.out, files)
}

// warnOfProblems tells what is wrong with the records: samples have no place
// where it could be told.
func warnOfProblems(stderr io.Writer, rep *reports.Report) {
	for n, run := range rep.Runs {
		for _, problem := range run.Problems {
			tell(stderr, "nsbench: warning: run %d: %s\n", n, oneLine(problem))
		}
	}
}

// stream prints the samples of all files as those of one record, under one line
// of names and with their runs counted through. A torn line is no failure: all
// the others were printed, and it was warned of.
func (f format) stream(w io.Writer, files []string) (err error) {
	var records []io.Reader
	for _, path := range files {
		file, openErr := os.Open(path)
		if openErr != nil {
			return openErr
		}
		defer func() { err = firstError(err, file.Close()) }()
		records = append(records, file, strings.NewReader("\n")) // a torn line must not swallow the next file's first
	}
	if err := f.streams(w, io.MultiReader(records...), nil); !errors.Is(err, result.ErrTorn) {
		return err
	}
	return nil
}

// width is that of the terminal that w is, and no limit if it is none.
func width(w io.Writer) int {
	file, ok := w.(*os.File)
	if !ok {
		return 0
	}
	columns, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		return 0
	}
	return columns
}
