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

	"github.com/nsbench/nsbench/reports/plot"
)

// TableOptions say what a table is written for. The zero value is a file of UTF-8
// without colours, as wide as it comes.
type TableOptions struct {
	// Width is the number of columns of the terminal. Figures are left out,
	// and said to be, until the table fits. 0 is no limit.
	Width int

	// ASCII keeps to the characters that every locale has. Those of the record
	// that are not among them become "?".
	ASCII bool

	// Color marks by SGR sequences what is said in words, too. Nothing of the record is
	// in them, and there is no other escape sequence in a table.
	Color bool

	// Record is the name of the file that the report was made of, for the commands
	// that go on from it; empty for none.
	Record string

	// Rendered says that the page and the pictures of the record have been made.
	Rendered bool
}

// Table writes a report for a terminal: what the run was, one line per series and
// stage, in tables of series that may be compared, what disturbed it, and
// last, where the eye is when the prompt returns, the verdict and, of one run, what
// to run next. Several runs are set side by side before that, and what comes of it
// is last of all. Characters that a terminal would obey are replaced.
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
	if len(rep.Runs) == 1 {
		tableNext(&out, rep.Runs[0], opt)
	}
	return emit(w, "table", opt.legible(out.Bytes()))
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
	ofRecord, ofHost := apart(cautions(run))
	tableCautions(out, ofRecord, opt)
	if len(ofHost) > 0 {
		shaded(out, shadeDoubt, fmt.Sprintf("%-11s", "doubts"), checked(ofHost)+": see below the tables", opt)
	}
	if run.HasSeries() {
		tableSeries(out, run, opt)
	}
	for _, m := range run.matrices() {
		tableMatrix(out, run, m, opt)
	}
	for _, s := range run.handshakeSheets(true) {
		tableSheet(out, s.wrapped(cmp.Or(max(opt.Width, 0), lineWidth(opt))-columnGap*len(s.columns)), opt)
	}
	card := ScorecardOf(run)
	if card != nil {
		tableScores(out, card, opt)
	}
	if len(ofHost) > 0 {
		out.WriteString("\n")
		heading(out, "What may bend the figures on this host", opt)
		tableCautions(out, ofHost, opt)
	}
	if run.HasSeries() {
		tableWords(out, run, opt)
	}
	for _, sentence := range run.handshakeWords() {
		out.WriteString("\n")
		paragraph(out, "", sentence, opt)
	}
	if card != nil {
		for _, sentence := range card.words(run) {
			out.WriteString("\n")
			paragraph(out, "", sentence, opt)
		}
	}
}

// tableSeries writes the tables of releases, and the others of the run.
func tableSeries(out *bytes.Buffer, run Run, opt TableOptions) {
	tables := fitting(run, opt)
	for _, g := range tables.groups {
		out.WriteString("\n")
		heading(out, g.title(), opt)
		out.WriteString(strings.Join(tables.lines(g), "\n") + "\n")
		for i, n := range g.notes {
			shaded(out, shadeDoubt, fmt.Sprintf("  %s", marked(g.marks[i])), n.text, opt)
		}
	}
	for _, s := range briefSheets(run) {
		tableSheet(out, s, opt)
	}
}

// tableWords writes what the tables of releases need to be read, and the verdict.
func tableWords(out *bytes.Buffer, run Run, opt TableOptions) {
	tables := fitting(run, opt)
	out.WriteString("\n")
	for _, note := range slices.Concat(tableLegend(run, tables), elsewhere(run), tables.leftOut(run)) {
		paragraph(out, "", note, opt)
	}
	for _, sentences := range Verdict(run) {
		out.WriteString("\n")
		paragraph(out, "", sentences, opt)
	}
}

// marked is a mark as it stands before its note.
func marked(mark string) string {
	if mark == "" {
		return ""
	}
	return mark + "  "
}

// apart sets the doubts about the record, which are about whether all of it is
// there, apart from those about the host, of which there are some on most.
func apart(all []caution) (ofRecord, ofHost []caution) {
	for _, c := range all {
		if c.Mark == markRecord && c.Check == "" {
			ofRecord = append(ofRecord, c)
		} else {
			ofHost = append(ofHost, c)
		}
	}
	return ofRecord, ofHost
}

// checked names the checks that have found something.
func checked(all []caution) string {
	names := make([]string, len(all))
	for i, c := range all {
		names[i] = c.Check
	}
	return joined(names...)
}

func tableCautions(out *bytes.Buffer, all []caution, opt TableOptions) {
	for _, c := range all {
		shaded(out, shadeDoubt, fmt.Sprintf("%-11s", plot.Clean(c.Mark, 9)+"!"), orElse(strings.TrimSpace(c.Text+fixed(c)), "-"), opt)
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
	heading(out, s.title, opt)
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

// heading writes the title of a table.
func heading(out *bytes.Buffer, title string, opt TableOptions) {
	for _, line := range wrapped(title, lineWidth(opt)) {
		out.WriteString(opt.ink(shadeStrong, line) + "\n")
	}
}

// paragraph writes text after a label and wraps it to the width, indented to
// where it began.
func paragraph(out *bytes.Buffer, label, content string, opt TableOptions) {
	shaded(out, shadePlain, label, content, opt)
}

// shaded is the same with the label in a shade.
func shaded(out *bytes.Buffer, as shade, label, content string, opt TableOptions) {
	indent := strings.Repeat(" ", width(label))
	for i, line := range wrapped(content, max(lineWidth(opt)-width(label), 10)) {
		before := indent
		if i == 0 {
			before = opt.ink(as, label)
		}
		out.WriteString(strings.TrimRight(before+line, " ") + "\n")
	}
}

// wrapped is a text in lines of some columns at most. The library counts a character
// of two columns to the line in which the first of them has room, so that a word of
// such may have to be parted a column earlier.
func wrapped(content string, room int) []string {
	for before := range 2 {
		lines := strings.Split(strings.TrimRight(text.WrapSoft(content, room-before), "\n "), "\n")
		for i, line := range lines {
			lines[i] = strings.TrimRight(line, " ")
		}
		if before > 0 || !slices.ContainsFunc(lines, func(line string) bool { return width(line) > room }) {
			return lines
		}
	}
	return nil
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
