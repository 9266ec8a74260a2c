package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// drawing is the ratios to the baseline on each host, those of a primitive beneath
// each other. It is nil where hosts are compared with different baselines, and where
// nothing was compared on two of them.
func (h *hosts) drawing(s hostSet) *drawing {
	own := s.groups[0].baseline
	f := plot.Ratios{
		Title:     fmt.Sprintf("%s against %s, %s", judgedOf(s.groups[0]), word(own), moment(s.kind, s.stage)),
		Placement: s.where(), Baseline: word(own), Threshold: s.groups[0].threshold,
		Notes: []string{
			fmt.Sprintf("Each host is compared with its own %s, round by round (Hodges and Lehmann). All intervals of one host hold at once with %g %% confidence.",
				word(own), 100*stat.Confidence),
		},
	}
	found := 0
	for _, g := range s.groups {
		if g.baseline != own || g.threshold != f.Threshold {
			return nil
		}
		found += yes(slices.ContainsFunc(g.series, compared))
	}
	if found < 2 {
		return nil
	}
	var said []string
	for _, row := range s.rows {
		if row.primitive == own {
			continue // 1 on every host
		}
		parts := make([]string, 0, len(row.figures))
		for k, figure := range row.figures {
			if !figure.there() {
				continue // the table says why
			}
			r := ratioOf(s.groups[k], figure.Series)
			r.Heading, r.Name = row.primitive, h.label(s, k)
			f.Rows = append(f.Rows, r)
			if compared(figure.Series) {
				parts = append(parts, fmt.Sprintf("%s on %s", multiple(figure.Against.Ratio), h.label(s, k)))
			}
		}
		if len(parts) > 0 && len(said) < mostSaid {
			said = append(said, word(row.primitive)+" "+joined(parts...))
		}
	}
	title := fmt.Sprintf("Ratios to %s on each %s, %s", f.Baseline, h.noun(), s.title())
	return &drawing{
		name: "hosts-" + slug(s.where()) + "-" + s.stage + "-forest", title: title,
		alt:  title + ". Times as long: " + strings.Join(said, "; ") + ".",
		draw: func(look) (*plot.Drawing, error) { return plot.Forest(f) },
	}
}
