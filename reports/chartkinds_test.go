package reports_test

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/reports"
)

// said is what the picture whose name ends so says, and whether there is one.
func said(rep *reports.Report, end string) (alt string, there bool) {
	pictures := reports.Pictures(rep)
	at := slices.IndexFunc(pictures, func(p reports.Picture) bool { return strings.HasSuffix(p.Name, end) })
	if at < 0 {
		return "", false
	}
	return pictures[at].Alt, true
}

// Each picture says in words what it is for.
func TestPicturesInWords(t *testing.T) {
	rep := gather(t, many(t))
	for end, wants := range map[string][]string{
		"first-violins.png":     {"Medians: ", "pipe: "},
		"first-percentiles.png": {"Medians: "},
		"first-ecdf.png":        {"Medians: "},
		"first-forest.png":      {"as multiples of pipe-eof", "slower: 4, from pipe-poll ", "without an interval: "},
		"first-tradeoff.png":    {"from the cheapest to the fastest: ", " between, spin 14"},
		"first-timeline.png":    {"rift", "The slowest sample of all is one of "},
	} {
		alt, there := said(rep, end)
		for _, want := range wants {
			if !there || !strings.Contains(alt, want) {
				t.Errorf("%s: %q does not say %q", end, alt, want)
			}
		}
	}
}

// Nothing is drawn of what was not measured: a ratio without its baseline, the
// cost of a wait that never was.
func TestPicturesApply(t *testing.T) {
	rep := gather(t, many(t))
	rep.Compare("no-such-primitive", 0.02)
	if alt, there := said(rep, "forest.png"); there {
		t.Errorf("a forest plot without a baseline: %q", alt)
	}
	early := gather(t, axisRuns(t)["early"])
	for end, want := range map[string]bool{"early-violins.png": true, "early-timeline.png": true, "early-tradeoff.png": false} {
		if _, there := said(early, end); there != want {
			t.Errorf("%s: there is %t, want %t", end, there, want)
		}
	}
}

// Every picture of every kind of run can be drawn.
func TestPicturesOfAxes(t *testing.T) {
	for name, record := range axisRuns(t) {
		for _, p := range reports.Pictures(gather(t, record)) {
			t.Run(name+"/"+p.Name, func(t *testing.T) {
				t.Parallel() // as the program draws them
				if err := p.Render(io.Discard); err != nil {
					t.Error(err)
				}
			})
		}
	}
}
