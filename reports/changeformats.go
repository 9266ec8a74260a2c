package reports

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// Table writes what changed for a terminal: which runs these are and what else
// differs between them, a table of each set of conditions, and last, where the eye
// is when the prompt returns, what became slower and faster. Characters that a
// terminal would obey are replaced.
func (c *Changes) Table(w io.Writer, opt TableOptions) error {
	var out bytes.Buffer
	for _, f := range c.facts() {
		paragraph(&out, fmt.Sprintf("%-11s", f.Name), f.Value, opt)
	}
	tableCautions(&out, c.cautions(), opt)
	for _, g := range c.groups() {
		tableSheet(&out, c.sheet(g), opt)
	}
	for _, sentences := range [][]string{c.legend(), c.selfChecks(), c.Verdict()} {
		if len(sentences) > 0 {
			out.WriteString("\n")
		}
		for _, s := range sentences {
			paragraph(&out, "", s, opt)
		}
	}
	return emit(w, "table", opt.legible(out.Bytes()))
}

// Markdown writes what changed for a pull request, in GitHub's dialect: what became
// slower and faster first, and what became of the bounds. Texts of the records stand
// in code spans, or are escaped.
func (c *Changes) Markdown(w io.Writer) error {
	var out bytes.Buffer
	out.WriteString("## What changed\n\n")
	lines := c.Verdict()
	for _, text := range c.Broken() {
		lines = append(lines, "Beyond the bound: "+text+".")
	}
	for _, text := range c.Unsure() {
		lines = append(lines, "Not sure of the bound: "+text+".")
	}
	for _, text := range lines {
		out.WriteString("* " + prose(text) + "\n")
	}
	out.WriteString("\n")
	for _, caution := range c.cautions() {
		fmt.Fprintf(&out, "* **%s**: %s\n", caution.Mark, code(caution.Text))
	}
	for _, f := range c.facts() {
		fmt.Fprintf(&out, "* %s: %s\n", f.Name, code(f.Value))
	}
	out.WriteString("\n")
	for _, g := range c.groups() {
		s := c.sheet(g)
		markdownTable(&out, s.title, s.markdown(), s.notes)
	}
	out.WriteString(prose(strings.Join(append(c.legend(), c.selfChecks()...), " ")) + "\n")
	return emit(w, "markdown", out.Bytes())
}
