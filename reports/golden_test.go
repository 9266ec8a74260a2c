package reports_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nsbench/nsbench/reports"
)

// outputs are the reports, by the ends of their goldens' names.
var outputs = map[string]func(w io.Writer, record []byte) error{
	"table.txt":     tabled(0),
	"table-120.txt": tabled(120),
	"table-100.txt": tabled(100),
	"table-80.txt":  tabled(80),
	"table-60.txt":  tabled(60),
	"table-40.txt":  tabled(40),
	"json":          gathered(reports.JSON),
	"md":            gathered(reports.Markdown),
	"html":          gathered(reports.HTML),
	"csv":           streamed(reports.CSV),
	"bench.txt":     streamed(reports.Benchfmt),
	"hgrm":          gathered(distributed),

	"faults.json":    gathered(reports.FaultsJSON),
	"isolation.json": gathered(reports.IsolationJSON),
	"cells.csv":      gathered(reports.CellsCSV),
}

// shown lists the outputs of each record that have goldens. The others would
// show nothing new.
var shown = map[string][]string{
	"run":   {"table.txt", "table-120.txt", "table-80.txt", "table-60.txt", "table-40.txt", "json", "md"},
	"small": {"table.txt", "table-80.txt", "table-40.txt", "json", "md", "csv", "bench.txt", "hgrm"},
	"both":  {"table.txt", "table-80.txt", "table-40.txt", "json", "md", "html"},
}

func tabled(width int) func(io.Writer, []byte) error {
	return gathered(func(w io.Writer, rep *reports.Report) error {
		return reports.Table(w, rep, reports.TableOptions{Width: width})
	})
}

func gathered(write func(io.Writer, *reports.Report) error) func(io.Writer, []byte) error {
	return func(w io.Writer, record []byte) error {
		rep, err := reports.Gather(bytes.NewReader(record))
		if err != nil {
			return err
		}
		return write(w, rep)
	}
}

func streamed(write func(io.Writer, io.Reader, reports.Selection) error) func(io.Writer, []byte) error {
	return func(w io.Writer, record []byte) error { return write(w, bytes.NewReader(record), nil) }
}

// distributed writes all distributions, each below its name.
func distributed(w io.Writer, rep *reports.Report) error {
	for _, d := range reports.Distributions(rep) {
		if _, err := fmt.Fprintf(w, "%s\n", d.Name); err != nil {
			return err
		}
		if err := d.Write(w); err != nil {
			return err
		}
	}
	return nil
}

// picture matches a drawing in a page. One golden has them byte by byte, where
// goldens are made: elsewhere the compiler fuses multiplications and additions,
// and a line may end a tenth of a pixel further on.
var picture = regexp.MustCompile(`(?s)<svg class="plot".*?</svg>`)

// withoutPictures leaves out of a page what another golden has: drawings, scripts,
// and the style with their hashes.
func withoutPictures(page []byte) []byte {
	page = picture.ReplaceAll(page, []byte("PICTURE"))
	page = script.ReplaceAll(page, []byte("SCRIPT"))
	return regexp.MustCompile(`(?s)content="default-src[^>]*>|<style>.*?</style>`).ReplaceAll(page, []byte("STYLE"))
}

func TestGolden(t *testing.T) {
	run, small := open(t, "run.jsonl"), open(t, "small.jsonl")
	for name, record := range map[string][]byte{
		"run":   run,
		"small": small,
		"both":  slices.Concat(small, run), // the torn last line of one host runs into the header of the next
	} {
		for _, kind := range shown[name] {
			t.Run(name+"-"+kind, func(t *testing.T) {
				var out bytes.Buffer
				if err := outputs[kind](&out, record); err != nil && !isTorn(err) {
					t.Fatal(err)
				}
				if runtime.GOARCH != "amd64" && kind == "html" {
					t.Skip("the golden is of amd64")
				}
				golden(t, name+"."+kind, out.Bytes())
			})
		}
	}
}

// On other screens than a file of UTF-8 is.
func TestGoldenOfScreens(t *testing.T) {
	for name, opt := range map[string]reports.TableOptions{
		"ascii":     {ASCII: true},
		"ascii-60":  {ASCII: true, Width: 60},
		"ascii-120": {ASCII: true, Width: 120, Record: "runs/first.jsonl", Rendered: true},
		"color-60":  {Color: true, Width: 60},
		"color-120": {Color: true, Width: 120, Record: "the first run.jsonl"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := reports.Table(&out, gather(t, open(t, "run.jsonl")), opt); err != nil {
				t.Fatal(err)
			}
			golden(t, "run.table-"+name+".txt", out.Bytes())
		})
	}
}

func TestGoldenOfMany(t *testing.T) {
	for _, kind := range []string{"table-120.txt", "table-100.txt", "table-80.txt", "table-60.txt", "table-40.txt", "md", "html"} {
		t.Run(kind, func(t *testing.T) {
			golden(t, "many."+kind, withoutPictures([]byte(manyOutput(t, kind))))
		})
	}
}

func TestGoldenOfMatrices(t *testing.T) {
	for _, kind := range []string{"table-100.txt", "table-80.txt", "table-60.txt", "md", "html", "cells.csv"} {
		t.Run(kind, func(t *testing.T) {
			var out bytes.Buffer
			if err := outputs[kind](&out, matrices(t)); err != nil {
				t.Fatal(err)
			}
			golden(t, "matrices."+kind, withoutPictures(out.Bytes()))
		})
	}
	var out bytes.Buffer
	if err := reports.Table(&out, gather(t, matrices(t)), reports.TableOptions{Color: true, Width: 100}); err != nil {
		t.Fatal(err)
	}
	golden(t, "matrices.table-color-100.txt", out.Bytes())
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		save(t, path, got)
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run the test with -update)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got); look at it, then run with -update:\n%s", path, diff)
	}
}

// axisOutputs lists what is looked at of each run that varies one thing.
var axisOutputs = map[string][]string{
	"load": {"table-80.txt", "md"}, "hold": {"table-80.txt"}, "early": {"table-100.txt", "json", "csv", "bench.txt"},
	"children": {"table-100.txt", "html"}, "few": {"table-80.txt", "json"}, "namespaces": {"table-80.txt"}, "launcher": {"table-100.txt", "md"}, "quota": {"table-100.txt"},
}

func TestGoldenOfAxes(t *testing.T) {
	runs := axisRuns(t)
	for name, kinds := range axisOutputs {
		for _, kind := range kinds {
			t.Run(name+"-"+kind, func(t *testing.T) {
				var out bytes.Buffer
				if err := outputs[kind](&out, runs[name]); err != nil {
					t.Fatal(err)
				}
				golden(t, "axis-"+name+"."+kind, withoutPictures(out.Bytes()))
			})
		}
	}
}
