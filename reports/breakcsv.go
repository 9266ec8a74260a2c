package reports

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"github.com/nsbench/nsbench/bench/result"
)

// breaksHeader names the columns of BreaksCSV. They are stable: later versions may add
// some at the end.
var breaksHeader = []string{
	"run", "profile", "with", "work", "break", "side", "stage", "verdict", "trials", "result", "n", "wrong", "hung", "ended", "reason",
}

// BreaksCSV writes what became of profiles under a line of names: a line for each distinct
// thing that the trials of a break came to, and one for a break that could not be tried.
// Verdict is the break's, result and what follows that of n of its trials; run counts the
// runs of the report from 0.
//
// Fields are quoted as RFC 4180 has it; lines end in LF alone.
func BreaksCSV(w io.Writer, rep *Report) error {
	rows := [][]string{breaksHeader}
	for i, run := range rep.Runs {
		if run.Breaks == nil {
			continue
		}
		for at, p := range run.Breaks.Profiles {
			for _, b := range run.Breaks.ordered(at, p) {
				rows = append(rows, breakLines(i, p, b)...)
			}
		}
	}
	if err := csv.NewWriter(w).WriteAll(rows); err != nil {
		return fmt.Errorf("write csv of breaks: %w", err)
	}
	return nil
}

func breakLines(run int, p result.Profile, b *result.Break) (rows [][]string) {
	results := b.Results
	if len(results) == 0 {
		results = []result.BreakResult{{}}
	}
	for _, r := range results {
		rows = append(rows, []string{
			strconv.Itoa(run), cell(p.Name), cell(p.With), cell(p.Work), b.Break, cell(b.Side), cell(b.Stage), b.Verdict, strconv.Itoa(b.Trials),
			r.Verdict, strconv.Itoa(r.N), sentenceCell(listedWords(r.Wrong)), sentenceCell(listedWords(r.Hung)), sentenceCell(listedWords(r.Ended)), sentenceCell(b.Reason),
		})
	}
	return rows
}
