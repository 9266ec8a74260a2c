package reports

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports/plot"
)

// cellsHeader names the columns of CellsCSV. They are stable: later versions may add
// some at the end.
var cellsHeader = []string{
	"run", "matrix", "primitive", "family", "column", "way", "class", "outcome", "trials",
	"result", "n", "early", "errno", "signal", "at", "note", "why", "source", "reason", "latency_p50_ns", "free_p50_ns",
}

// CellsCSV writes the cells of a report's matrices under a line of names: a line for
// each distinct thing that the trials of a cell came to, and one for a cell without
// trials. Outcome and class are the cell's, result and what follows that of n of its
// trials. Column is the fault or the set of namespaces, run counts the runs of the
// report from 0. Cells that were not run have no line.
//
// Fields are quoted as RFC 4180 has it; lines end in LF alone.
func CellsCSV(w io.Writer, rep *Report) error {
	out := csv.NewWriter(w)
	rows := [][]string{cellsHeader}
	for i, run := range rep.Runs {
		for _, m := range run.matrices() {
			for _, primitive := range m.Primitives {
				for _, c := range m.Columns {
					for _, b := range m.tried(primitive, c.Name) {
						rows = append(rows, c.lines(i, m, b)...)
					}
				}
			}
		}
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write csv of cells: %w", err)
	}
	return nil
}

// lines are those of a cell of the column.
func (c MatrixColumn) lines(run int, m *Matrix, b *result.Behaviour) (rows [][]string) {
	place := []string{
		strconv.Itoa(run), m.Name, cell(b.Primitive), cell(b.Family), cell(c.Name), sentenceCell(b.Way), string(c.ClassOf(b)), b.Outcome, strconv.Itoa(b.Trials),
	}
	results := b.Results
	if len(results) == 0 {
		results = []result.Result{{}}
	}
	for _, r := range results {
		row := append(slices.Clip(place), r.Outcome, strconv.Itoa(r.N), strconv.FormatBool(r.Early),
			cell(r.Errno), cell(r.Signal), sentenceCell(r.At), sentenceCell(r.Note), sentenceCell(r.Why), cell(r.Source), sentenceCell(b.Reason),
			csvTime(medianOf(b.LatencyNS)), csvTime(medianOf(b.FreeNS)))
		rows = append(rows, row)
	}
	return rows
}

// csvTime is a time in ns, empty for none.
func csvTime(n number) string {
	if math.IsNaN(float64(n)) {
		return ""
	}
	return strconv.FormatFloat(float64(n), 'f', -1, 64)
}

// sentenceCell is cell of a longer text.
func sentenceCell(s string) string { return harmless(plot.Clean(s, lineLimit)) }
