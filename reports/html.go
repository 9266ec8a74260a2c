package reports

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the template, its style and its scripts
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports/plot"
)

var (
	//go:embed page/page.html
	pageText string

	//go:embed page/page.css
	pageStyle string

	//go:embed page/page.js
	pageScript string

	pageTemplate = template.Must(template.New("page").Parse(pageText))
)

// HTML writes a report as one file that needs nothing else, so that it can be
// mailed, archived and opened from anywhere, whoever made the record. The page's
// own security policy forbids every request, and every style and script but those
// whose hashes it names.
//
// Without scripts it is whole: answer, tables, drawings, downloads. Scripts sort
// tables, compare with another baseline, and turn the curves of percentiles and
// of distribution into charts that can be asked.
//
// A picture that cannot be drawn is replaced by the reason.
func HTML(w io.Writer, rep *Report) error {
	p, err := pageOf(rep)
	if err != nil {
		return fmt.Errorf("write html: %w", err)
	}
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, p); err != nil {
		return fmt.Errorf("write html: %w", err)
	}
	return emit(w, "html", out.Bytes())
}

// What the template is filled with. Its texts are escaped by html/template;
// the typed ones are made here, and what they hold of the record is escaped.
type (
	page struct {
		Policy    template.HTMLAttr
		Style     template.CSS
		Charts    template.JS // the library
		Script    template.JS
		Data      template.JS // a block of JSON
		Several   bool
		Runs      []pageRun
		Downloads []pageDownload

		HostVerdict []string
		Hosts       []pageSheet
	}

	pageRun struct {
		ID, Host, Started string
		Answer, Verdict   []string
		Doubts            string
		Contents          []pageLink
		Baseline          string
		Baselines         []string // to choose from
		OwnForests        bool     // forest plots are of the run's own baseline alone
		Leading           []pageSheet
		Groups            []pageGroup
		Following         []pageSheet
		Legend            []string
		Facts             []pageFact
		Cautions          []pageCaution
		Passed            []string
	}

	pageFact struct {
		fact
		Doubt string // the ID of the caution about it
	}

	pageCaution struct {
		caution
		ID string
	}

	pageGroup struct {
		ID, Title string
		Columns   []pageColumn
		Families  []pageFamily
		Crowded   bool // so that links to the families help
		Notes     []string
		Figures   []pageFigure
	}

	// A pageColumn has a key where its cells depend on the baseline.
	pageColumn struct{ Name, Key string }

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
		ID, Name string
		Figures  []pageFigureCell
		Subject  bool
	}

	pageFigureCell struct{ Name, Key, Value string }

	pageFigure struct {
		Label, Failed string
		Live          string // the chart that a script puts in its place
		Baseline      string // what it compares with, empty where nothing
		Hidden        bool   // until its baseline is chosen
		Drawing       template.HTML
		Numbers       *pageSheet
	}
)

// The data of the scripts.
type (
	pageData struct {
		Runs []pageRunData `json:"runs"`
	}

	pageRunData struct {
		ID       string          `json:"id"`
		Baseline string          `json:"baseline"`
		Groups   []pageGroupData `json:"groups"`
		Cells    []pageDiff      `json:"cells"` // by baseline, as they are offered
	}

	pageGroupData struct {
		ID string `json:"id"`
		pageCurves
	}

	// A pageDiff is the cells that depend on the baseline, by the ID of their row
	// and in the order of their columns.
	pageDiff map[string][]string
)

func pageOf(rep *Report) (page, error) {
	p := page{Several: len(rep.Runs) > 1}
	m := &maker{easel: easel{styles: stylesOf(rep), inks: new(plot.Inks)}}
	if h := hostsOf(rep); h != nil {
		p.HostVerdict = h.verdict()
		for i, s := range h.sheets() {
			p.Hosts = append(p.Hosts, m.sheet(fmt.Sprintf("hosts%d", i+1), rep.Runs[0], s))
		}
	}
	for i, run := range rep.Runs {
		p.Runs = append(p.Runs, m.run(fmt.Sprintf("run%d", i+1), run))
	}
	data, err := json.Marshal(m.data) // which escapes what would end the block
	if err != nil {
		return page{}, err
	}
	if p.Downloads, err = downloads(rep); err != nil {
		return page{}, err
	}
	style := chartStyle + pageStyle + m.inks.CSS()
	p.Style, p.Charts, p.Script, p.Data = template.CSS(style), template.JS(chartScript), template.JS(pageScript), template.JS(data)
	p.Policy = policy(style, chartScript, pageScript)
	return p, nil
}

// policy forbids all that the page does not use.
func policy(style string, scripts ...string) template.HTMLAttr {
	var allowed []string
	for _, s := range scripts {
		allowed = append(allowed, hashed(s))
	}
	return template.HTMLAttr(fmt.Sprintf(`content="default-src 'none'; style-src %s; script-src %s; base-uri 'none'; form-action 'none'"`, hashed(style), strings.Join(allowed, " ")))
}

func hashed(text string) string {
	hash := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'"
}

// A maker makes a page, and the data of its scripts beside it.
type maker struct {
	easel
	data    pageData
	forests bool // of every baseline of the run at hand, not of its own alone
}

// mostRows is how many rows all forest plots of a run have together in a page,
// where each baseline has its own: those of forty primitives would be most of it.
const mostRows = 400

func (m *maker) run(id string, run Run) pageRun {
	h := run.Header
	out := pageRun{
		ID:       id,
		Host:     known(h.Environment.Host),
		Started:  h.Started.UTC().Format("2 January 2006, 15:04 UTC"),
		Answer:   Answer(run),
		Verdict:  Verdict(run),
		Baseline: word(run.Baseline),
		Legend:   legend(run),
		Passed:   passed(h.Environment),
	}
	out.doubt(run)
	others := alternatives(run)
	for _, other := range others {
		out.Baselines = append(out.Baselines, word(other.baseline))
	}
	m.forests = len(others)*len(run.Series) <= mostRows
	out.OwnForests = !m.forests
	data := pageRunData{ID: id, Baseline: word(run.Baseline), Groups: []pageGroupData{}, Cells: make([]pageDiff, len(others))}
	for i, g := range groups(run) {
		made := m.group(fmt.Sprintf("%s-group%d", id, i+1), run, g, atGroup(others, i))
		out.Groups = append(out.Groups, made)
		data.Groups = append(data.Groups, pageGroupData{made.ID, curvesOf(g, m.styles)})
		for k, other := range others {
			data.Cells[k] = data.Cells[k].with(made, other.groups[i])
		}
	}
	m.data.Runs = append(m.data.Runs, data)
	for i, s := range leading(run) {
		out.Leading = append(out.Leading, m.sheet(fmt.Sprintf("%s-lead%d", id, i+1), run, s))
	}
	for i, s := range following(run) {
		out.Following = append(out.Following, m.sheet(fmt.Sprintf("%s-more%d", id, i+1), run, s))
	}
	out.Contents = out.contents()
	return out
}

// with adds the cells of a group as it is compared with a baseline.
func (d pageDiff) with(made pageGroup, g group) pageDiff {
	if d == nil {
		d = make(pageDiff)
	}
	at := 0
	for _, f := range made.Families {
		for _, row := range f.Rows {
			var cells []string
			for _, c := range comparing {
				cells = append(cells, c.cell(g, g.series[at]))
			}
			d[row.ID] = cells
			at++
		}
	}
	return d
}

// doubt lists the cautions, and marks the facts that they are about.
func (r *pageRun) doubt(run Run) {
	about := make(map[string]string)
	for i, c := range cautions(run) {
		id := fmt.Sprintf("%s-caution%d", r.ID, i+1)
		r.Cautions = append(r.Cautions, pageCaution{c, id})
		if _, told := about[c.Check]; !told {
			about[c.Check] = id
		}
	}
	for _, f := range append(facts(run), more(run.Header.Environment)...) {
		r.Facts = append(r.Facts, pageFact{f, about[f.Name]})
	}
	r.Doubts = plural(len(r.Cautions), "reason")
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

func (m *maker) sheet(id string, run Run, s sheet) pageSheet {
	out := tableOf(id, s, word(run.Baseline))
	if d := s.drawing; d != nil {
		out.Figures = append(out.Figures, m.figure(d.title, d.title, d.alt, func() (*plot.Drawing, error) { return d.draw(lookOf(run, m.styles)) }))
	}
	return out
}

// tableOf is a sheet without its drawing.
func tableOf(id string, s sheet, baseline string) pageSheet {
	out := pageSheet{ID: id, Title: s.title, Notes: s.notes}
	for i, c := range s.columns {
		out.Columns = append(out.Columns, pageCell{Value: c.name, Head: i == 0, Label: c.label || c.text})
	}
	for _, row := range s.rows {
		line := pageLine{Cells: make([]pageCell, len(row))}
		for i, value := range row {
			c := s.columns[i]
			line.Cells[i] = pageCell{Value: value, Head: i == 0, Label: c.label || c.text}
			line.Subject = line.Subject || c.label && value == baseline
		}
		out.Rows = append(out.Rows, line)
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
