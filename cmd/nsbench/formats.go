package main

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/nsbench/nsbench/reports"
)

// A format is a way to print records to stdout. Those that print samples read
// the records again, file by file; the others print what was gathered.
type format struct {
	name    string
	gathers func(w io.Writer, rep *reports.Report) error
	streams func(w io.Writer, record io.Reader) error
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
func (f format) print(w io.Writer, rep *reports.Report, files []string) error {
	if f.gathers != nil {
		return f.gathers(w, rep)
	}
	for _, path := range files {
		if err := f.stream(w, path); err != nil {
			return err
		}
	}
	return nil
}

func (f format) stream(w io.Writer, path string) error {
	record, err := os.Open(path)
	if err != nil {
		return err
	}
	if err := f.streams(w, record); err != nil {
		return fmt.Errorf("%s: %w", path, firstError(err, record.Close()))
	}
	return record.Close()
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
