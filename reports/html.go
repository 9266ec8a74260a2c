package reports

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the template and its style
	"encoding/base64"
	"fmt"
	"html/template"
	"io"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports/plot"
)

var (
	//go:embed page.html
	pageText string

	//go:embed page.css
	pageStyle string

	pageTemplate = template.Must(template.New("page").Parse(pageText))
)

// HTML writes a report as one file that needs nothing else: pictures are data
// URIs, for a light and a dark page, there is no script, and the page's own
// security policy forbids every request and every style but the one whose hash
// it names. So a report can be mailed, archived and opened from anywhere,
// whoever made the record.
//
// A picture that cannot be drawn is replaced by the reason.
func HTML(w io.Writer, rep *Report) error {
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, pageOf(rep)); err != nil {
		return fmt.Errorf("write html: %w", err)
	}
	return emit(w, "html", out.Bytes())
}

// What the template is filled with. Its texts are escaped by html/template;
// the typed ones are made here and hold nothing of the record.
type (
	page struct {
		Policy  template.HTMLAttr
		Style   template.CSS
		Several bool
		Runs    []pageRun
	}

	pageRun struct {
		ID, Host, Started string
		Verdict           []string
		Doubts            string
		Contents          []pageLink
		Leading           []pageSheet
		Groups            []pageGroup
		Following         []pageSheet
		Legend            []string
		Facts             []fact
		Cautions          []caution
		Passed            []string
	}

	pageGroup struct {
		ID, Title string
		Columns   []string
		Families  []pageFamily
		Crowded   bool // so that links to the families help
		Notes     []string
		Figures   []pageFigure
	}

	pageLink struct{ ID, Title string }

	pageSheet struct {
		ID, Title string
		Columns   []pageCell
		Rows      []pageLine
		Notes     []string
		Figures   []pageFigure
	}

	pageLine struct {
		Cells   []pageCell
		Subject bool
	}

	pageCell struct {
		Value       string
		Head, Label bool
	}

	pageFamily struct {
		ID, Name string
		Rows     []pageRow
	}

	pageRow struct {
		Name    string
		Figures []fact
		Subject bool
	}

	pageFigure struct {
		Label, Failed string
		Drawing       template.HTML
	}
)

func pageOf(rep *Report) page {
	p := page{Several: len(rep.Runs) > 1}
	e := easel{styles: stylesOf(rep), inks: new(plot.Inks)}
	for i, run := range rep.Runs {
		p.Runs = append(p.Runs, runOf(fmt.Sprintf("run%d", i+1), run, e))
	}
	style := pageStyle + e.inks.CSS()
	p.Policy, p.Style = policy(style), template.CSS(style)
	return p
}

// policy forbids all that the page does not use.
func policy(style string) template.HTMLAttr {
	hash := sha256.Sum256([]byte(style))
	return template.HTMLAttr(fmt.Sprintf(
		`content="default-src 'none'; style-src 'sha256-%s'; img-src data:; base-uri 'none'; form-action 'none'"`,
		base64.StdEncoding.EncodeToString(hash[:])))
}

func runOf(id string, run Run, e easel) pageRun {
	h := run.Header
	out := pageRun{
		ID:       id,
		Host:     known(h.Environment.Host),
		Started:  h.Started.UTC().Format("2 January 2006, 15:04 UTC"),
		Verdict:  Verdict(run),
		Facts:    append(facts(run), more(h.Environment)...),
		Cautions: cautions(run),
		Legend:   legend(run),
		Passed:   passed(h.Environment),
	}
	out.Doubts = plural(len(out.Cautions), "reason")
	for i, g := range groups(run) {
		out.Groups = append(out.Groups, groupOf(fmt.Sprintf("%s-group%d", id, i+1), run, g, e))
	}
	for i, s := range leading(run) {
		out.Leading = append(out.Leading, sheetOf(fmt.Sprintf("%s-lead%d", id, i+1), run, s, e))
	}
	for i, s := range following(run) {
		out.Following = append(out.Following, sheetOf(fmt.Sprintf("%s-more%d", id, i+1), run, s, e))
	}
	out.Contents = out.contents()
	return out
}

// contents links to the tables of a run that has more of them than are seen at
// once.
func (r pageRun) contents() []pageLink {
	var all []pageLink
	for _, s := range r.Leading {
		all = append(all, pageLink{s.ID, s.Title})
	}
	for _, g := range r.Groups {
		all = append(all, pageLink{g.ID, g.Title})
	}
	for _, s := range r.Following {
		all = append(all, pageLink{s.ID, s.Title})
	}
	if len(all) < 3 {
		return nil
	}
	return all
}

func sheetOf(id string, run Run, s sheet, e easel) pageSheet {
	out := pageSheet{ID: id, Title: s.title, Notes: s.notes}
	for i, c := range s.columns {
		out.Columns = append(out.Columns, pageCell{Value: c.name, Head: i == 0, Label: c.label})
	}
	for _, row := range s.rows {
		line := pageLine{Cells: make([]pageCell, len(row))}
		for i, value := range row {
			c := s.columns[i]
			line.Cells[i] = pageCell{Value: value, Head: i == 0, Label: c.label}
			line.Subject = line.Subject || c.label && value == word(run.Baseline)
		}
		out.Rows = append(out.Rows, line)
	}
	if d := s.drawing; d != nil {
		out.Figures = append(out.Figures, e.figure(d.title, d.title, d.alt, func() (*plot.Drawing, error) { return d.draw(lookOf(run, e.styles)) }))
	}
	return out
}

// passed lists the checks of the host that found nothing, so that a reader can
// tell them from those that were not made.
func passed(env result.Environment) []string {
	var all []string
	for _, d := range env.Disturbances {
		if d.Status == statusOK {
			all = append(all, word(d.Check)+" ("+sentence(d.Found)+")")
		}
	}
	return all
}

func groupOf(id string, run Run, g group, e easel) pageGroup {
	columns := without(columnsOf(run), columnFamily) // its place is taken by headings
	out := pageGroup{ID: id, Title: g.title(), Columns: names(columns), Crowded: g.crowded(), Notes: notes(g)}
	for i, f := range g.families() {
		out.Families = append(out.Families, familyOf(fmt.Sprintf("%s-family%d", id, i+1), g, f, columns))
	}
	for _, k := range kindsOf(run, g) {
		out.Figures = append(out.Figures, figureOf(k, run, g, e))
	}
	return out
}

func familyOf(id string, g group, f family, columns []column) pageFamily {
	out := pageFamily{ID: id, Name: f.name}
	for _, s := range f.series {
		row := pageRow{Name: columns[0].cell(g, s), Subject: s.Primitive == g.baseline}
		for _, c := range columns[1:] {
			row.Figures = append(row.Figures, fact{c.name, c.cell(g, s)})
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// An easel is what the pictures of a page have in common.
type easel struct {
	styles map[string]int
	inks   *plot.Inks
}

// figureOf draws a group.
func figureOf(k kind, run Run, g group, e easel) pageFigure {
	return e.figure(k.title, k.title+", "+g.title(), k.alt(run, g), func() (*plot.Drawing, error) { return k.draw(run, g, e.styles) })
}

// figure draws into the page. What cannot be drawn is replaced by the reason.
func (e easel) figure(what, label, alt string, draw func() (*plot.Drawing, error)) pageFigure {
	d, err := draw()
	if err != nil {
		return pageFigure{Failed: fmt.Sprintf("%s: %v.", what, err)}
	}
	svg, err := d.SVG(alt, e.inks)
	if err != nil {
		return pageFigure{Failed: fmt.Sprintf("%s: %v.", what, err)}
	}
	return pageFigure{Label: label, Drawing: template.HTML(svg)}
}
