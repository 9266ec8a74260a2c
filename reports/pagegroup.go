package reports

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/nsbench/nsbench/reports/plot"
)

// comparing are the columns whose cells depend on the baseline.
var comparing = slices.DeleteFunc(slices.Clone(columns), func(c column) bool {
	return c.name != columnTimes && c.name != columnWithin && c.name != columnVerdict
})

// comparingKey is the key of a column by which a script finds its cells, empty
// where they do not depend on the baseline.
func comparingKey(name string) string {
	for i, c := range comparing {
		if c.name == name {
			return strconv.Itoa(i)
		}
	}
	return ""
}

// group is the table of a group and its notes.
func (m *maker) group(id string, run Run, g group) pageGroup {
	shown := without(columnsOf(run), columnFamily) // its place is taken by headings
	out := pageGroup{ID: id, Title: g.title(), Crowded: g.crowded(), Notes: notes(g)}
	for _, c := range shown {
		out.Columns = append(out.Columns, pageColumn{c.name, comparingKey(c.name)})
	}
	at := 0
	for i, f := range g.families() {
		made := pageFamily{ID: fmt.Sprintf("%s-family%d", id, i+1), Name: f.name}
		for _, s := range f.series {
			row := pageRow{ID: rowID(id, at), Name: shown[0].cell(g, s), Subject: s.Primitive == g.baseline}
			for _, c := range shown[1:] {
				row.Figures = append(row.Figures, pageFigureCell{c.name, comparingKey(c.name), c.cell(g, s)})
			}
			made.Rows = append(made.Rows, row)
			at++
		}
		out.Families = append(out.Families, made)
	}
	return out
}

// draw adds the pictures of the group at a place in its run, of what depends on the
// baseline one for each where they are few.
func (m *maker) draw(out *pageGroup, run Run, at int, g group, others []alternative) {
	for _, k := range chartKindsOf(run, g) {
		if !k.against || others == nil {
			out.Figures = append(out.Figures, m.chart(k, run, g))
			continue
		}
		for place, other := range others {
			own := other.baseline == run.Baseline
			if !m.forests && !own {
				continue
			}
			f := m.chart(k, run, other.groups[at])
			f.Baseline, f.Hidden = strconv.Itoa(place), !own
			out.Figures = append(out.Figures, f)
		}
	}
}

// An easel is what the pictures of a page have in common.
type easel struct {
	styles map[string]int
	inks   *plot.Inks
}

// chart draws a group in one way, with its numbers beside it.
func (e easel) chart(k chartKind, run Run, g group) pageFigure {
	out := e.figure(k.title, k.title+", "+g.title(), k.alt(run, g), func() (*plot.Drawing, error) { return k.draw(run, g, e.styles) })
	numbers := tableOf("", k.numbers(g), word(g.baseline))
	numbers.Title = "Numbers: " + strings.ToLower(k.title) + ", " + g.title()
	out.Live, out.Numbers = k.live, &numbers
	return out
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
