package reports

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/reports/plot"
)

// A Picture is one chart of a report.
type Picture struct {
	// Name is a file name ending in ".png", of lower-case letters, digits
	// and dashes before that, and no other picture of the report has it.
	Name string

	// Alt says in words what the picture shows.
	Alt string

	// Render draws the picture and writes it as a PNG. Nothing is written if
	// the drawing fails.
	Render func(w io.Writer) error
}

// Pictures lists the charts of a report: one of each kind that tells something
// of each group of series that may be compared, and one for each table of fan-out
// and of children's lives. Nothing is drawn before Render is called.
func Pictures(rep *Report) []Picture {
	var all []Picture
	styles, names := stylesOf(rep), make(map[string]bool)
	if h := hostsOf(rep); h != nil {
		for _, s := range h.sheets() {
			if s.drawing != nil {
				all = append(all, s.drawing.picture(unused(names, s.drawing.name)+".png", look{styles: styles}))
			}
		}
	}
	for i, run := range rep.Runs {
		for _, g := range groups(run) {
			for _, k := range kindsOf(run, g) {
				name := unused(names, fileName(rep, i, g, k)) + ".png"
				all = append(all, k.picture(name, run, g, styles))
			}
		}
		for _, s := range sheets(run) {
			if s.drawing != nil {
				name := unused(names, prefixed(rep, i, s.drawing.name)) + ".png"
				all = append(all, s.drawing.picture(name, lookOf(run, styles)))
			}
		}
	}
	return all
}

func (k kind) picture(name string, run Run, g group, styles map[string]int) Picture {
	return Picture{Name: name, Alt: k.alt(run, g), Render: rendering(name, func() (*plot.Drawing, error) { return k.draw(run, g, styles) })}
}

func (d *drawing) picture(name string, l look) Picture {
	return Picture{Name: name, Alt: d.alt, Render: rendering(name, func() (*plot.Drawing, error) { return d.draw(l) })}
}

// rendering writes what draw draws.
func rendering(name string, draw func() (*plot.Drawing, error)) func(io.Writer) error {
	return func(w io.Writer) error {
		d, err := draw()
		if err != nil {
			return fmt.Errorf("draw %s: %w", name, err)
		}
		data, err := d.PNG(false)
		if err != nil {
			return fmt.Errorf("draw %s: %w", name, err)
		}
		return emit(w, name, data)
	}
}

// subjectStyle looks like no number that familyStyle gives: it is the ink of the
// page, in which nothing else is drawn where there are many series.
const subjectStyle = 20

// stylesOf gives each primitive a number by which it looks the same in every
// picture of a report: its place in the plans. Where a group is crowded,
// primitives count within their family instead, which is what a panel shows
// together; forty numbers would give neighbours one colour.
func stylesOf(rep *Report) map[string]int {
	styles, members := make(map[string]int), make(map[string]int)
	crowded := slices.ContainsFunc(rep.Runs, hasCrowd)
	for _, run := range rep.Runs {
		for _, s := range run.Header.Plan.Series {
			name := s.Label()
			_, known := styles[name]
			switch {
			case known:
			case !crowded:
				styles[name] = len(styles)
			case name == run.Baseline:
				styles[name] = subjectStyle
			default:
				styles[name] = familyStyle(members[s.Family])
				members[s.Family]++
			}
		}
	}
	return styles
}

func hasCrowd(run Run) bool { return slices.ContainsFunc(groups(run), group.crowded) }

// familyStyle is the look of the member of a family at i: 0 to 5, 7 to 12 and
// so on, which leaves out the seventh colour, the ink.
func familyStyle(i int) int { return i + i/6 }

// fileName is the name of a picture without regard to the others.
func fileName(rep *Report, run int, g group, k kind) string {
	name := "release-" + slug(g.where()) + "-" + g.stage + "-"
	if g.kind == KindEarly {
		name += g.kind + "-"
	}
	return prefixed(rep, run, name+k.name)
}

// prefixed names the run, too, where there are several.
func prefixed(rep *Report, run int, name string) string {
	if len(rep.Runs) > 1 {
		return fmt.Sprintf("run%d-%s", run+1, name)
	}
	return name
}

// slug keeps letters and digits of ASCII, in lower case, and makes one dash of
// whatever is between. Whatever a record says, it can name no other directory.
func slug(s string) string {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	name := strings.Join(words, "-")
	return strings.TrimRight(name[:min(len(name), slugLimit)], "-")
}

// slugLimit is how long a part of a file name may be.
const slugLimit = 120

// unused makes a name that is not among names, and adds it.
func unused(names map[string]bool, name string) string {
	free := name
	for i := 2; names[free]; i++ {
		free = fmt.Sprintf("%s-%d", name, i)
	}
	names[free] = true
	return free
}

// A drawing is the picture of a sheet.
type drawing struct {
	name, title, alt string // the file's name without its end; what it shows, in short and in words
	draw             func(look) (*plot.Drawing, error)
}

// A look is what a picture of a sheet depends on besides its figures.
type look struct {
	host   string
	styles map[string]int
}

func lookOf(run Run, styles map[string]int) look {
	return look{host: word(run.Header.Environment.Host), styles: styles}
}

// drawing is the curve of a fan, nil if no group of it has a figure.
func (f fan) drawing() *drawing {
	var said []string
	for _, a := range f.arms {
		most := a.series[len(a.series)-1]
		said = append(said, fmt.Sprintf("%s %s until the last of %s", word(a.primitive), plot.Time(most.Fan.Last.P50), plot.Count(conditionsOf(most.Series).children)))
	}
	if len(said) > 12 {
		said = append(said[:12], "and more")
	}
	title := "Fan-out, " + stageTitle(f.stage)
	return &drawing{
		name: "fanout-" + slug(f.where()) + "-" + f.stage, title: title + ", " + f.where(),
		alt: fmt.Sprintf("Time until the children of a group go on over their number, %s, %s. Medians: %s.", f.where(), stageTitle(f.stage), strings.Join(said, "; ")),
		draw: func(l look) (*plot.Drawing, error) {
			ch := plot.Chart{Title: title, Host: l.host, Placement: f.where()}
			for _, a := range f.arms {
				s := plot.Series{Name: a.primitive, Family: familyName(a.family), Reference: a.primitive == f.baseline, Style: l.styles[a.primitive]}
				for _, one := range a.series {
					last := one.Fan.Last
					s.Groups = append(s.Groups, plot.Group{
						Children: conditionsOf(one.Series).children, N: one.Fan.Groups,
						First: one.Fan.First.P50, Last: last.P50, Lo: last.P50Interval.Lo, Hi: last.P50Interval.Hi,
					})
				}
				ch.Series = append(ch.Series, s)
			}
			return plot.FanOut(ch)
		},
	}
}

// drawing is the lives as bars: of each primitive, or where launcher or
// namespaces differ, of one primitive under each.
func (t lifeTable) drawing() *drawing {
	title := "Where a child's life goes"
	if len(t.labels) > 0 {
		title += ", children of " + word(t.lead)
	}
	stack := plot.Stack{Title: title, Placement: t.where(), Notes: []string{
		"Parts are medians over the children of a series. The hold is left out: how long it is was chosen.",
		"prepare: making the gates. to armed: from the clone's end until the child waits. reap: from its end until it is reaped.",
	}}
	var said, unknown []string
	spans := slices.DeleteFunc(slices.Clone(lifeSpans), func(l lifeSpan) bool {
		return l.name == spanHold || !slices.ContainsFunc(t.series, func(s Series) bool { return !math.IsNaN(l.of(s)) })
	})
	for _, l := range spans {
		stack.Parts = append(stack.Parts, l.name)
	}
	for _, s := range t.series {
		bar := plot.Bar{Name: s.Primitive, N: s.Lives}
		if len(t.labels) > 0 {
			if s.Primitive != t.lead {
				continue
			}
			bar.Name = joined(t.labelsOf(s)...)
		}
		sum := 0.0
		for _, l := range spans {
			ns := l.of(s)
			bar.Parts = append(bar.Parts, ns)
			if !math.IsNaN(ns) {
				sum += ns
			}
		}
		if math.IsNaN(s.Summary.P50) && s.Summary.N > 0 {
			unknown = append(unknown, word(bar.Name))
		}
		stack.Bars = append(stack.Bars, bar)
		if len(said) < 12 {
			said = append(said, word(bar.Name)+" "+plot.Time(sum))
		}
	}
	sums := "Sums of medians"
	if unknown != nil {
		sums += ", without the release of " + joined(unknown...)
		stack.Notes = append(stack.Notes, "Too few samples for the median of the release, which is not in the bar: "+joined(unknown...)+".")
	}
	return &drawing{
		name: "life-" + slug(t.where()), title: title + ", " + t.where(),
		alt: fmt.Sprintf("%s, %s, as stacked bars without the hold. %s: %s.", title, t.where(), sums, strings.Join(said, "; ")),
		draw: func(l look) (*plot.Drawing, error) {
			stack := stack // each drawing has its own
			stack.Host = l.host
			return plot.Bars(stack)
		},
	}
}
