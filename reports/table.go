package reports

import (
	"bytes"
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
// one first. Invalid samples are counted below each table too. The median keeps
// its interval for long: doubt belongs to it.
var sacrifices = []string{"invalid", "min", "p90", "max", "cpu", "p99.9", "95% of p50", "p99", "n"}

// Table writes a report for a terminal: what the run was, what disturbed it,
// one line per series and stage, in tables of series that may be compared, and
// last, where the eye is when the prompt returns, the verdict. Characters that a terminal would obey are replaced.
func Table(w io.Writer, rep *Report, opt TableOptions) error {
	var out bytes.Buffer
	for i, run := range rep.Runs {
		if i > 0 {
			out.WriteString("\n" + strings.Repeat("=", lineWidth(opt)) + "\n\n")
		}
		tableRun(&out, run, opt)
	}
	return emit(w, "table", out.Bytes())
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
		out.WriteString(grid(g, kept).Render() + "\n")
		for _, note := range notes(g) {
			paragraph(out, "  ", note, opt)
		}
	}
	out.WriteString("\n")
	for _, note := range append(slices.Clone(legend), leftOut(kept)...) {
		paragraph(out, "", note, opt)
	}
	for _, sentences := range Verdict(run) {
		out.WriteString("\n")
		paragraph(out, "", sentences, opt)
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
// wide as the terminal. All tables of a run have the same.
func fitting(run Run, opt TableOptions) []column {
	kept := slices.Clone(columns)
	for _, name := range sacrifices {
		if opt.Width <= 0 || widest(run, kept) <= opt.Width {
			break
		}
		kept = slices.DeleteFunc(kept, func(c column) bool { return c.name == name })
	}
	return kept
}

func widest(run Run, kept []column) int {
	width := 0
	for _, g := range groups(run) {
		width = max(width, text.LongestLineLen(grid(g, kept).Render()))
	}
	return width
}

// leftOut names the columns that did not fit.
func leftOut(kept []column) []string {
	var names []string
	for _, c := range columns {
		if !slices.ContainsFunc(kept, func(k column) bool { return k.name == c.name }) {
			names = append(names, c.name)
		}
	}
	if names == nil {
		return nil
	}
	return []string{"Left out for want of width: " + joined(names...) + "."}
}

// grid is the table of a group, with numbers to the right.
func grid(g group, kept []column) table.Writer {
	t := table.NewWriter()
	t.SetStyle(plainStyle())
	var configs []table.ColumnConfig
	head := make(table.Row, len(kept))
	for i, c := range kept {
		head[i] = c.name
		if i > 0 {
			configs = append(configs, table.ColumnConfig{Number: i + 1, Align: text.AlignRight, AlignHeader: text.AlignRight})
		}
	}
	t.SetColumnConfigs(configs)
	t.AppendHeader(head)
	for _, s := range g.series {
		row := make(table.Row, len(kept))
		for i, c := range kept {
			row[i] = c.cell(s)
		}
		t.AppendRow(row)
	}
	return t
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
