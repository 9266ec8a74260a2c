package reports

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
)

// Markdown writes a report to be pasted into an issue or a pull request, in
// GitHub's dialect: the answer, what there is to doubt, the tables of releases,
// and folded away what a reader looks up. Texts of the record stand in code spans,
// within which nothing is markup.
func Markdown(w io.Writer, rep *Report) error {
	var out bytes.Buffer
	if h := hostsOf(rep); h != nil {
		markdownHosts(&out, h)
	}
	for i, run := range rep.Runs {
		if i > 0 {
			out.WriteString("\n")
		}
		markdownRun(&out, run)
	}
	return emit(w, "markdown", out.Bytes())
}

// markdownHosts sets the runs side by side.
func markdownHosts(out *bytes.Buffer, h *hosts) {
	fmt.Fprintf(out, "## nsbench on %s\n\n", plural(len(h.runs), h.noun()))
	for _, sentence := range h.verdict() {
		out.WriteString(prose(sentence) + "\n\n")
	}
	for _, s := range h.sheets() {
		markdownTable(out, s.title, s.markdown(), s.notes)
	}
}

func markdownRun(out *bytes.Buffer, run Run) {
	fmt.Fprintf(out, "## nsbench on %s\n\n", code(word(run.Header.Environment.Host)))
	card := ScorecardOf(run)
	if lines := answer(run, card); lines != nil {
		out.WriteString("**" + prose(lines[0]) + "** " + prose(strings.Join(lines[1:], " ")) + "\n\n")
	}
	for _, sentences := range Verdict(run) {
		out.WriteString(prose(sentences) + "\n\n")
	}
	for _, sentence := range run.handshakeWords() {
		out.WriteString(prose(sentence) + "\n\n")
	}
	if doubts := cautions(run); doubts != nil {
		var checks []string
		for _, c := range doubts {
			checks = append(checks, code(word(orElse(c.Check, c.Mark))))
		}
		fmt.Fprintf(out, "%s to doubt these figures: %s.\n\n", plural(len(doubts), "reason"), joined(checks...))
	}
	if card != nil {
		markdownScores(out, card)
	}
	if run.HasSeries() {
		markdownSeries(out, run)
	}
	for _, m := range run.matrices() {
		markdownMatrix(out, run, m)
	}
	for _, s := range run.handshakeSheets(false) {
		markdownTable(out, s.title, s.markdown(), s.notes)
	}
	folded(out, "The host, the run, and what disturbed it", func() {
		for _, f := range facts(run) {
			fmt.Fprintf(out, "* %s: %s\n", f.Name, code(f.Value))
		}
		for _, c := range cautions(run) {
			fmt.Fprintf(out, "* **%s**: %s\n", prose(c.Mark), code(c.Text+fixed(c)))
		}
		out.WriteString("\n")
	})
}

// markdownSeries writes the tables of releases, and the others of the run.
func markdownSeries(out *bytes.Buffer, run Run) {
	for _, s := range leading(run) {
		markdownTable(out, s.title, s.markdown(), s.notes)
	}
	for _, g := range groups(run) {
		markdownTable(out, g.title(), markdownGrid(g, columnsOf(run)), notes(g))
	}
	out.WriteString(prose(strings.Join(legend(run), " ")) + "\n\n")
	if more := following(run); more != nil {
		folded(out, "By quantile, and where a child's life goes", func() {
			for _, s := range more {
				markdownTable(out, s.title, s.markdown(), s.notes)
			}
		})
	}
}

// folded writes what is shown when it is asked for.
func folded(out *bytes.Buffer, what string, write func()) {
	fmt.Fprintf(out, "<details><summary>%s</summary>\n\n", what)
	write()
	out.WriteString("</details>\n\n")
}

// markdownTable writes a table between its heading and its notes.
func markdownTable(out *bytes.Buffer, title, rows string, notes []string) {
	fmt.Fprintf(out, "### %s\n\n%s\n\n", prose(title), rows)
	for _, note := range notes {
		out.WriteString("* " + prose(note) + "\n")
	}
	if len(notes) > 0 {
		out.WriteString("\n")
	}
}

// markdownGrid is the table of a group. Names are the record's, so they stand
// in code spans; figures are ours.
func markdownGrid(g group, columns []column) string {
	t := table.NewWriter()
	t.SetColumnConfigs(alignment(columns))
	t.AppendHeader(rowOf(names(columns)))
	for _, s := range g.series {
		row := cells(g, s, columns)
		for i, c := range columns {
			if i == 0 || c.name == columnFamily {
				row[i] = code(row[i])
			}
		}
		t.AppendRow(rowOf(row))
	}
	return t.RenderMarkdown()
}

// code makes a code span of a text that has been cleaned. A backtick would end
// the span, so it becomes an apostrophe.
func code(s string) string {
	if s == "" {
		return "` `"
	}
	return "`" + strings.ReplaceAll(s, "`", "'") + "`"
}

// prose escapes what Markdown and HTML would take for markup in a sentence of
// ours that names texts of the record.
func prose(s string) string { return markup.Replace(s) }

var markup = strings.NewReplacer(
	"&", "&amp;", "<", "&lt;", ">", "&gt;", "\\", "&#92;", "`", "&#96;", "*", "&#42;", "_", "&#95;",
	"[", "&#91;", "]", "&#93;", "|", "&#124;", "~", "&#126;", "#", "&#35;", "!", "&#33;", "@", "&#64;", "://", "&#58;//", "www.", "www&#46;",
)
