package reports

import (
	"fmt"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports/plot"
)

// A maker makes a page, and the data of its scripts beside it.
type maker struct {
	easel
	data    pageData
	sheets  int  // that are drawn
	forests bool // of every baseline of the run at hand, not of its own alone
}

// mostRows is how many rows all forest plots of a run have together in a page,
// where each baseline has its own: those of forty primitives would be most of it.
const mostRows = 400

func (m *maker) run(id string, run Run) pageRun {
	h, card := run.Header, ScorecardOf(run)
	out := pageRun{
		ID:       id,
		Host:     known(h.Environment.Host),
		Started:  h.Started.UTC().Format("2 January 2006, 15:04 UTC"),
		Answer:   costs(run),
		Verdict:  Verdict(run),
		Baseline: word(run.Baseline),
		Passed:   passed(h.Environment),
	}
	if card == nil {
		out.Answer = Answer(run)
	} else {
		out.Claims = card.words(run)
		out.Scorecard = m.scorecard(id, run, card)
	}
	out.Claims = append(out.Claims, run.handshakeWords()...)
	if run.HasSeries() {
		out.Legend = append(legend(run), undrawn(run)...)
	}
	out.doubt(run)
	others := alternatives(run)
	out.Fixed = others == nil && len(candidates(run)) > 1
	for _, other := range others {
		out.Baselines = append(out.Baselines, pageBaseline{word(other.baseline), other.baseline == run.Baseline})
	}
	m.forests = len(others)*len(run.Series) <= mostRows
	out.OwnForests = !m.forests
	data := pageRunData{ID: id, Host: out.Host, Groups: []pageGroupData{}, Cells: make([]pageDiff, len(others))}
	for i, g := range groups(run) {
		made := m.group(groupID(id, i), run, g)
		if i < mostDrawn {
			m.draw(&made, run, i, g, others)
			data.Groups = append(data.Groups, pageGroupData{made.ID, curvesOf(g, m.styles)})
		}
		out.Groups = append(out.Groups, made)
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
	for _, of := range run.matrices() {
		out.Matrices = append(out.Matrices, m.matrix(id+"-"+of.Name, run, of))
	}
	plain := run
	plain.Baseline = "" // no row of them is that of a primitive
	for i, s := range run.handshakeSheets(false) {
		out.Handshakes = append(out.Handshakes, m.sheet(fmt.Sprintf("%s-shake%d", id, i+1), plain, s))
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
	if r.Scorecard != nil {
		all = append(all, pageLink{r.Scorecard.ID, r.Scorecard.Title})
	}
	for _, s := range r.Leading {
		all = append(all, pageLink{s.ID, s.Title})
	}
	for _, g := range r.Groups {
		all = append(all, pageLink{g.ID, g.Title})
	}
	for _, s := range r.Following {
		all = append(all, pageLink{s.ID, s.Title})
	}
	all = append(all, contentsOf(r.Matrices)...)
	for _, s := range r.Handshakes {
		all = append(all, pageLink{s.ID, s.Title})
	}
	if len(all) < 3 {
		return nil
	}
	return all
}

func (m *maker) sheet(id string, run Run, s sheet) pageSheet {
	out := tableOf(id, s, word(run.Baseline))
	if d := s.drawing; d != nil && m.sheets < mostDrawn {
		m.sheets++
		out.Figures = append(out.Figures, m.figure(d.title, d.title, d.alt, func() (*plot.Drawing, error) { return d.draw(lookOf(run, m.styles)) }))
	}
	return out
}

// tableOf is a sheet without its drawing.
func tableOf(id string, s sheet, baseline string) pageSheet {
	out := pageSheet{ID: id, Title: s.title, Notes: s.notes, Shaded: s.classes != nil}
	for i, c := range s.columns {
		out.Columns = append(out.Columns, pageCell{Value: c.name, Head: i == 0, Label: c.label || c.text})
	}
	for at, row := range s.rows {
		line := pageLine{Cells: make([]pageCell, len(row))}
		for i, value := range row {
			c := s.columns[i]
			line.Cells[i] = pageCell{Value: value, Head: i == 0, Label: c.label || c.text}
			if s.classes != nil {
				line.Cells[i].Class = s.classes[at][i]
			}
			line.Subject = line.Subject || c.label && value == baseline && baseline != ""
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
