package plot_test

import (
	"image"
	"regexp"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/reports/plot"
)

func heatOf(columns ...string) plot.Heat {
	h := plot.Heat{Title: "what breaks", Columns: columns}
	for _, name := range []string{"pipe-eof", "unix-seqpacket"} {
		row := plot.HeatRow{Name: name, Family: "pipe"}
		for range columns {
			row.Cells = append(row.Cells, plot.HeatCell{Tone: plot.ToneGood, Mark: "+", Lines: []string{"freed"}, Long: []string{"released"}})
		}
		h.Rows = append(h.Rows, row)
	}
	return h
}

// Where a column is too narrow for a part of its name between dashes, all names are
// turned, each in one piece.
func TestHeatMapHeads(t *testing.T) {
	long := []string{"interrupted-once", "credential-change", "exec"}
	for len(long) < 25 {
		long = append(long, "seccomp-deny")
	}
	for _, test := range []struct {
		name    string
		columns []string
		turned  bool
		texts   []string
	}{
		{"upright", []string{"none", "all-mapped"}, false, []string{"none", "all-mapped"}},
		{"turned", long, true, []string{"interrupted-once", "credential-change", "exec", "seccomp-deny"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, err := plot.HeatMap(heatOf(test.columns...))
			if err != nil {
				t.Fatal(err)
			}
			svg, err := d.SVG("heat", new(plot.Inks))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(string(svg), "rotate("); got != test.turned {
				t.Errorf("turned %t, want %t", got, test.turned)
			}
			for _, text := range test.texts {
				if !strings.Contains(string(svg), ">"+text+"<") {
					t.Errorf("%q is not in one piece", text)
				}
			}
			if test.turned && !regexp.MustCompile(`x="([\d.]+)" y="([\d.]+)" font-size="10" transform="rotate\(-45 ([\d.]+) ([\d.]+)\)"`).Match(svg) {
				t.Error("a turned name turns about another place than its own")
			}
		})
	}
}

// A long name at the right stays on the page: nothing is painted in its last pixels.
func TestHeatMapHeadsStayOnThePage(t *testing.T) {
	columns := make([]string, 25)
	for i := range columns {
		columns[i] = "a-namespace-without-end"
	}
	d, err := plot.HeatMap(heatOf(columns...))
	if err != nil {
		t.Fatal(err)
	}
	data, err := d.PNG(false)
	if err != nil {
		t.Fatal(err)
	}
	img := decode(t, data)
	right := image.Rect(img.Bounds().Max.X-2*plot.Density, 0, img.Bounds().Max.X, img.Bounds().Max.Y)
	for y := right.Min.Y; y < right.Max.Y; y++ {
		for x := right.Min.X; x < right.Max.X; x++ {
			if img.At(x, y) != img.At(0, 0) {
				t.Fatalf("painted at %d, %d of %v", x, y, img.Bounds())
			}
		}
	}
}
