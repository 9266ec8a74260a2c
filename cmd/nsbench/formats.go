package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

// A format is a way to write records down. Those that write samples read the
// records again, file by file; the others write what was gathered, and hgrm a
// file of each series.
type format struct {
	name    string
	gathers func(w io.Writer, rep *reports.Report) error
	streams func(w io.Writer, record io.Reader, sel reports.Selection) error
}

var (
	table = format{name: "table", gathers: func(w io.Writer, rep *reports.Report) error {
		return reports.Table(w, rep, reports.TableOptions{Width: width(w)})
	}}
	asJSON   = format{name: "json", gathers: reports.JSON}
	asCSV    = format{name: "csv", streams: reports.CSV}
	markdown = format{name: "markdown", gathers: reports.Markdown}
	benchfmt = format{name: "benchfmt", streams: reports.Benchfmt}
	hgrm     = format{name: "hgrm", gathers: oneDistribution}
)

// What run and report print, and what export writes: a table is for eyes, and
// distributions are for files.
var (
	formats = []format{table, asJSON, asCSV, markdown, benchfmt}
	exports = []format{asCSV, asJSON, markdown, benchfmt, hgrm}
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

// print prints records in the format.
func (f format) print(s streams, rep *reports.Report, files []string) error {
	f.warn(s.err, rep)
	return f.write(s.out, rep, files, nil)
}

// write writes the series of records that are selected: those of the report, and
// where samples are written, those that the selection has of the files.
func (f format) write(w io.Writer, rep *reports.Report, files []string, sel reports.Selection) error {
	if f.gathers != nil {
		return f.gathers(w, rep)
	}
	return f.stream(w, files, sel)
}

// warn tells what is wrong with the records if the format has no place where it
// could be told.
func (f format) warn(stderr io.Writer, rep *reports.Report) {
	if f.streams == nil && f.name != hgrm.name {
		return
	}
	for n, run := range rep.Runs {
		for _, problem := range run.Problems {
			tell(stderr, "nsbench: warning: run %d: %s\n", n, oneLine(problem))
		}
	}
}

// stream writes the samples of all files as those of one record, under one line
// of names and with their runs counted through. A torn line is no failure: all
// the others were written, and it was warned of.
func (f format) stream(w io.Writer, files []string, sel reports.Selection) (err error) {
	var records []io.Reader
	for _, path := range files {
		file, openErr := openAgain(path)
		if openErr != nil {
			return openErr
		}
		defer func() { err = firstError(err, file.Close()) }()
		records = append(records, file, strings.NewReader("\n")) // a torn line must not swallow the next file's first
	}
	if err := f.streams(w, io.MultiReader(records...), sel); !errors.Is(err, result.ErrTorn) {
		return err
	}
	return nil
}

// openAgain opens a file that was read before, which a pipe has not kept.
func openAgain(path string) (*os.File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = withHint(fmt.Errorf("%s is no file that can be read twice", path), "save it first")
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
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
