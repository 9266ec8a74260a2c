package reports

import (
	"fmt"
	"io"
	"strings"

	"github.com/nsbench/nsbench/bench/stat"
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

// A kind is one way to draw a group.
type kind struct {
	name, title string
	draw        func(plot.Chart) ([]byte, error)
}

var kinds = []kind{
	{"violins", "Distributions", plot.Violins},
	{"percentiles", "Percentiles", plot.Percentiles},
}

// Pictures lists the charts of a report, two for each group of series that may
// be compared. Nothing is drawn before Render is called.
func Pictures(rep *Report) []Picture {
	var all []Picture
	styles, names := stylesOf(rep), make(map[string]bool)
	for i, run := range rep.Runs {
		for _, g := range groups(run) {
			for _, k := range kinds {
				name := unused(names, fileName(rep, i, g, k))
				all = append(all, picture(name, k, chart(run, g, styles, false), g))
			}
		}
	}
	return all
}

func picture(name string, k kind, ch plot.Chart, g group) Picture {
	return Picture{
		Name: name,
		Alt:  alt(k, g),
		Render: func(w io.Writer) error {
			data, err := k.draw(ch)
			if err != nil {
				return fmt.Errorf("draw %s: %w", name, err)
			}
			return emit(w, name, data)
		},
	}
}

// stylesOf gives each primitive its number in the order of the plans, so that
// it looks the same in every picture of a report.
func stylesOf(rep *Report) map[string]int {
	styles := make(map[string]int)
	for _, run := range rep.Runs {
		for _, s := range run.Header.Plan.Series {
			if _, known := styles[s.Primitive]; !known {
				styles[s.Primitive] = len(styles)
			}
		}
	}
	return styles
}

// chart is the numbers of a group as the plots take them.
func chart(run Run, g group, styles map[string]int, dark bool) plot.Chart {
	ch := plot.Chart{
		Title:     "Release latency, " + stageTitle(g.stage),
		Host:      word(run.Header.Environment.Host),
		Placement: g.where(),
		Dark:      dark,
	}
	for _, s := range g.series {
		ch.Series = append(ch.Series, plot.Series{
			Name: s.Primitive, Style: styles[s.Primitive], Values: s.Release, Firm: firm(len(s.Release)),
		})
	}
	return ch
}

// firm is the highest of the usual quantiles that n samples are enough for.
func firm(n int) float64 {
	for _, q := range []float64{0.99999, 0.9999, 0.999, 0.99, 0.9, 0.5} {
		if n >= stat.Need(q, stat.Confidence) {
			return q
		}
	}
	return 0
}

// alt names what a picture shows and the medians in it.
func alt(k kind, g group) string {
	var medians []string
	for i, s := range g.series {
		if i == 12 {
			medians = append(medians, "and more")
			break
		}
		medians = append(medians, word(s.Primitive)+" "+plot.Time(s.Summary.P50))
	}
	return fmt.Sprintf("%s of release latency, %s. Medians: %s.", k.title, g.title(), strings.Join(medians, ", "))
}

// fileName is the name of a picture without regard to the others.
func fileName(rep *Report, run int, g group, k kind) string {
	name := "release-" + slug(g.where()) + "-" + g.stage + "-" + k.name
	if len(rep.Runs) > 1 {
		name = fmt.Sprintf("run%d-%s", run+1, name)
	}
	return name
}

// slug keeps letters and digits of ASCII, in lower case, and makes one dash of
// whatever is between. Whatever a record says, it can name no other directory.
func slug(s string) string {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return strings.Join(words, "-")
}

// unused makes a file name that is not among names, and adds it.
func unused(names map[string]bool, name string) string {
	free := name
	for i := 2; names[free]; i++ {
		free = fmt.Sprintf("%s-%d", name, i)
	}
	names[free] = true
	return free + ".png"
}
