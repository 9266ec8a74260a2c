package reports

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// TableOptions say what a table is written for.
type TableOptions struct {
	// Width is the number of columns of the terminal. Figures are left out,
	// and said to be, until the table fits. 0 is no limit.
	Width int
}

// sacrifices are the columns that a narrow terminal goes without, the first
// one first. Invalid samples are counted below each table too. Once the column
// of families is gone, headings stand for it. The median keeps its interval
// for long: doubt belongs to it.
var sacrifices = []string{
	columnInvalid, "min", "p90", "max", columnFamily, columnWithin, "p99.9", "95% of p50", columnVerdict, columnTimes, "p99", "n", columnBurned,
}

// Table writes a report for a terminal: what the run was, what disturbed it,
// one line per series and stage, in tables of series that may be compared, and
// last, where the eye is when the prompt returns, the verdict. Several runs are set
// side by side before that, and what comes of it is last of all. Characters that a
// terminal would obey are replaced.
func Table(w io.Writer, rep *Report, opt TableOptions) error {
	var out bytes.Buffer
	h := hostsOf(rep)
	if h != nil {
		tableHosts(&out, h, opt)
	}
	for i, run := range rep.Runs {
		if i > 0 || h != nil {
			tableRule(&out, opt)
		}
		tableRun(&out, run, opt)
	}
	if h != nil {
		tableRule(&out, opt)
		for i, sentence := range h.verdict() {
			if i > 0 {
				out.WriteString("\n")
			}
			paragraph(&out, "", sentence, opt)
		}
	}
	return emit(w, "table", out.Bytes())
}

// tableRule sets runs apart.
func tableRule(out *bytes.Buffer, opt TableOptions) {
	out.WriteString("\n" + strings.Repeat("=", lineWidth(opt)) + "\n\n")
}

// tableHosts sets the runs side by side.
func tableHosts(out *bytes.Buffer, h *hosts, opt TableOptions) {
	for i, s := range h.sheets() {
		if i > 0 {
			out.WriteString("\n")
		}
		sheetParts(out, s.wrapped(cmp.Or(max(opt.Width, 0), lineWidth(opt))), opt)
	}
}

// emit writes what a report is made of in one call.
func emit(w io.Writer, what string, data []byte) error {
	if _, err := w.Write(data); err != nil {
		return fmt.Errorf("write %s: %w", what, err)
	}
	return nil
}

// lineWidth is how long a line of prose may be.
func lineWidth(opt TableOptions) int {
	if opt.Width <= 0 || opt.Width > 100 {
		return 100
	}
	return max(opt.Width, 20)
}

func tableRun(out *bytes.Buffer, run Run, opt TableOptions) {
	for _, f := range facts(run) {
		paragraph(out, fmt.Sprintf("%-11s", f.Name), f.Value, opt)
	}
	for _, c := range cautions(run) {
		paragraph(out, fmt.Sprintf("%-11s", c.Mark+"!"), orElse(strings.TrimSpace(c.Text+fixed(c)), "-"), opt)
	}
	kept := fitting(run, opt)
	for _, g := range groups(run) {
		out.WriteString("\n")
		paragraph(out, "", g.title(), opt)
		out.WriteString(strings.Join(grid(g, kept), "\n") + "\n")
		for _, note := range notes(g) {
			paragraph(out, "  ", note, opt)
		}
	}
	for _, s := range briefSheets(run) {
		tableSheet(out, s, opt)
	}
	out.WriteString("\n")
	for _, note := range slices.Concat(legend(run), elsewhere(run), leftOut(run, kept)) {
		paragraph(out, "", note, opt)
	}
	for _, sentences := range Verdict(run) {
		out.WriteString("\n")
		paragraph(out, "", sentences, opt)
	}
}

// elsewhere says where the comparisons are that a terminal has no room for.
func elsewhere(run Run) []string {
	if run.Comparisons == 0 {
		return nil
	}
	return []string{"Differences in time, Cliff's delta and the ratio at each quantile are in report.html, and printed by --format markdown or json."}
}

// tableSheet writes a sheet, in as many parts as it takes.
func tableSheet(out *bytes.Buffer, s sheet, opt TableOptions) {
	out.WriteString("\n")
	sheetParts(out, s, opt)
}

func sheetParts(out *bytes.Buffer, s sheet, opt TableOptions) {
	paragraph(out, "", s.title, opt)
	parts := s.fitted(opt.Width)
	for i, part := range parts {
		if i > 0 {
			out.WriteString("\n")
		}
		out.WriteString(strings.Join(part.lines(), "\n") + "\n")
	}
	for _, note := range parts[0].notes {
		paragraph(out, "  ", note, opt)
	}
}

// fixed is the advice of a caution, if there is any.
func fixed(c caution) string {
	if c.Fix == "" {
		return ""
	}
	return ". Fix: " + c.Fix
}

// paragraph writes text after a label and wraps it to the width, indented to
// where it began.
func paragraph(out *bytes.Buffer, label, content string, opt TableOptions) {
	indent := strings.Repeat(" ", len(label))
	room := max(lineWidth(opt)-len(label), 10)
	lines := strings.Split(strings.TrimRight(text.WrapSoft(content, room), "\n "), "\n")
	for i, line := range lines {
		if i > 0 {
			label = indent
		}
		out.WriteString(strings.TrimRight(label+line, " ") + "\n")
	}
}

// fitting lists the columns with which every table of the run is at most as
// wide as the terminal. All tables of a run have the same. Columns of dashes go
// before any that holds a figure.
func fitting(run Run, opt TableOptions) []column {
	kept := columnsOf(run)
	for _, name := range append(dashes(run, kept), sacrifices...) {
		if opt.Width <= 0 || widest(run, kept) <= opt.Width {
			break
		}
		kept = without(kept, name)
	}
	return kept
}

// dashes names the columns that hold nothing else.
func dashes(run Run, all []column) []string {
	var names []string
	for _, c := range all {
		if c.empty(run) {
			names = append(names, c.name)
		}
	}
	return names
}

func widest(run Run, kept []column) int {
	width := 0
	for _, g := range groups(run) {
		for _, line := range grid(g, kept) {
			width = max(width, text.StringWidth(line))
		}
	}
	return width
}

// leftOut names the columns that did not fit. The families are headings then.
func leftOut(run Run, kept []column) []string {
	var names []string
	for _, c := range columnsOf(run) {
		if c.name != columnFamily && !has(kept, c.name) {
			names = append(names, c.name)
		}
	}
	if names == nil {
		return nil
	}
	return []string{"Left out for want of width: " + joined(names...) + "."}
}

// headLines is how many lines of a grid stand above its first series.
const headLines = 2

// grid is the table of a group as lines. Families are a column and, where there
// are many series, a blank line apart; without the column each has its name
// above, and its primitives are indented.
func grid(g group, kept []column) []string {
	named := has(kept, columnFamily)
	lines := strings.Split(rows(g, kept, named).Render(), "\n")
	out, rest := slices.Clone(lines[:headLines]), lines[headLines:]
	for i, f := range g.families() {
		switch {
		case !named:
			out = append(out, f.name)
		case i > 0 && g.crowded():
			out = append(out, "")
		}
		out, rest = append(out, rest[:len(f.series)]...), rest[len(f.series):]
	}
	return out
}

// rows is a line of names and one for each series, with figures to the right.
func rows(g group, kept []column, named bool) table.Writer {
	t := table.NewWriter()
	t.SetStyle(plainStyle())
	t.SetColumnConfigs(alignment(kept))
	t.AppendHeader(rowOf(names(kept)))
	for _, s := range g.series {
		row := cells(g, s, kept)
		if !named {
			row[0] = "  " + row[0]
		}
		t.AppendRow(rowOf(row))
	}
	return t
}

// alignment puts figures to the right and names to the left.
func alignment(kept []column) []table.ColumnConfig {
	var configs []table.ColumnConfig
	for i, c := range kept {
		if i > 0 && c.name != columnFamily {
			configs = append(configs, table.ColumnConfig{Number: i + 1, Align: text.AlignRight, AlignHeader: text.AlignRight})
		}
	}
	return configs
}

// names is the head of a table.
func names(kept []column) []string {
	row := make([]string, len(kept))
	for i, c := range kept {
		row[i] = c.name
	}
	return row
}

// rowOf is a row as tables take it.
func rowOf(texts []string) table.Row {
	row := make(table.Row, len(texts))
	for i, s := range texts {
		row[i] = s
	}
	return row
}

// cells is the row of a series.
func cells(g group, s Series, kept []column) []string {
	row := make([]string, len(kept))
	for i, c := range kept {
		row[i] = c.cell(g, s)
	}
	return row
}

// plainStyle has columns apart by two spaces and a line under the header, in
// characters that every locale has.
func plainStyle() table.Style {
	style := table.StyleDefault
	style.Box.PaddingLeft, style.Box.PaddingRight = "", ""
	style.Box.MiddleVertical, style.Box.MiddleSeparator = "  ", "--"
	style.Format.Header = text.FormatDefault
	style.Options = table.Options{SeparateColumns: true, SeparateHeader: true}
	return style
}
