package reports

import (
	"fmt"
	"io"
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
// and of children's lives, and for each matrix. Nothing is drawn before Render is called.
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
		for at, g := range groups(run) {
			if at == mostDrawn {
				break
			}
			for _, k := range chartKindsOf(run, g) {
				name := unused(names, fileName(rep, i, g, k)) + ".png"
				all = append(all, k.picture(name, run, g, styles))
			}
		}
		drawn := 0
		for _, s := range slices.Concat(sheets(run), run.handshakeSheets(false)) {
			if s.drawing != nil && drawn < mostDrawn {
				drawn++
				name := unused(names, prefixed(rep, i, s.drawing.name)) + ".png"
				all = append(all, s.drawing.picture(name, lookOf(run, styles)))
			}
		}
		for _, m := range run.matrices() {
			d := m.drawing(run)
			all = append(all, d.picture(unused(names, prefixed(rep, i, d.name))+".png", lookOf(run, styles)))
		}
	}
	return all
}

func (k chartKind) picture(name string, run Run, g group, styles map[string]int) Picture {
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
func fileName(rep *Report, run int, g group, k chartKind) string {
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
