package plot_test

import (
	"bytes"
	"errors"
	"flag"
	"image"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/reports/plot"
)

var update = flag.Bool("update", false, "write the golden pictures anew")

// charts are the kinds of picture of samples.
var charts = map[string]func(plot.Chart) (*plot.Drawing, error){
	"violins":     plot.Violins,
	"percentiles": plot.Percentiles,
	"ecdf":        plot.ECDF,
}

// painted is a drawing on light paper. Whatever has a PNG has an SVG.
func painted(d *plot.Drawing, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	if _, err := d.SVG("", new(plot.Inks)); err != nil {
		return nil, err
	}
	return d.PNG(false)
}

// lognormal is a sorted sample of n around the median, with a share of slow
// outliers, the same at each call.
func lognormal(n int, median, spread, slow float64) []float64 {
	rng := rand.New(rand.NewPCG(7, uint64(median)))
	values := make([]float64, n)
	for i := range values {
		values[i] = math.Round(median * math.Exp(spread*rng.NormFloat64()))
		if rng.Float64() < slow {
			values[i] = math.Round(values[i] * (3 + 20*rng.ExpFloat64()))
		}
	}
	slices.Sort(values)
	return values
}

// two is a sorted sample with two modes.
func two(n int, first, second float64) []float64 {
	values := append(lognormal(n*6/10, first, 0.1, 0), lognormal(n*4/10, second, 0.12, 0.01)...)
	slices.Sort(values)
	return values
}

func chart(series ...plot.Series) plot.Chart {
	for i := range series {
		series[i].Style = i
	}
	return plot.Chart{
		Title:     "Release latency, first release",
		Host:      "vm-one",
		Placement: "cross-cpu",
		Series:    series,
	}
}

func primitives() plot.Chart {
	return chart(
		plot.Series{Name: "spin", Values: lognormal(4000, 110, 0.12, 0.004), Firm: 0.999},
		plot.Series{Name: "spin-yield", Values: lognormal(4000, 450, 0.3, 0.01), Firm: 0.999},
		plot.Series{Name: "futex", Values: two(4000, 9000, 17200), Firm: 0.999},
		plot.Series{Name: "eventfd", Values: lognormal(4000, 15600, 0.2, 0.01), Firm: 0.999},
		plot.Series{Name: "pipe-eof", Values: lognormal(4000, 16400, 0.22, 0.01), Firm: 0.999},
		plot.Series{Name: "pipe-byte", Values: lognormal(300, 16900, 0.2, 0.02), Firm: 0.9},
		plot.Series{Name: "sigwait", Values: lognormal(4000, 19000, 0.25, 0.02), Firm: 0.999},
		plot.Series{Name: "unix-stream"},
	)
}

// edges are samples at which a careless chart divides by zero.
func edges() plot.Chart {
	huge := []float64{1, 10, 1e3, 1e4, 1e5, 1e6, 1e7}
	return chart(
		plot.Series{Name: "one sample", Values: []float64{7301}},
		plot.Series{Name: "all equal", Values: slices.Repeat([]float64{2000}, 1000), Firm: 0.99},
		plot.Series{Name: "six decades", Values: huge},
		plot.Series{Name: "nothing"},
		plot.Series{Name: "\x1b[31m<b>evil</b>\x07\u202egnp\n\t" + strings.Repeat("W", 1<<20), Values: []float64{math.Inf(-1), -5, 0, 3, 1e5, math.Inf(1), math.NaN()}},
	)
}

// families is more than one pair of axes holds: a family as large as there are
// colours, one without a name, one without a sample, and a reference.
func families() plot.Chart {
	var all []plot.Series
	for _, f := range []struct {
		name  string
		names []string
	}{
		{"pipe", []string{"pipe-eof", "pipe-byte"}},
		{"memory", []string{"spin", "spin-pause", "spin-yield", "futex", "futex-waitv", "futex-spin", "poll-sleep"}},
		{"", []string{"unix-stream", "unix-seqpacket"}},
		{"a name that is far too long for its place", []string{"flock"}},
		{"ipc", []string{"posix-mq"}},
	} {
		for _, name := range f.names {
			all = append(all, plot.Series{Name: name, Family: f.name, Reference: name == "pipe-eof", Firm: 0.9})
		}
	}
	for i := range len(all) - 1 { // posix-mq has no sample
		all[i].Values = lognormal(60+i, 15000+1700*float64(i%8), 0.2, 0.03)
	}
	all[2].Values, all[3].Values = lognormal(60, 120, 0.1, 0.02), lognormal(12, 170, 0.1, 0)
	return chart(all...)
}

func TestGolden(t *testing.T) {
	for name, ch := range map[string]plot.Chart{"primitives": primitives(), "dark": primitives(), "edges": edges(), "families": families()} {
		for kind, draw := range charts {
			t.Run(name+"-"+kind, func(t *testing.T) {
				d, err := draw(ch)
				golden(t, name+"-"+kind, d, err, name == "dark")
			})
		}
	}
}

// golden holds a drawing to the picture of its name.
func golden(t *testing.T, name string, d *plot.Drawing, err error, dark bool) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.PNG(dark)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", name+".png")
	if *update {
		write(t, path, got)
	}
	compare(t, got, path)
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

// compare holds a picture to its golden: byte by byte on amd64, where the
// goldens are made; elsewhere the compiler fuses multiplications and
// additions, so that a line may end a pixel further on, and the two may
// differ in one pixel of two hundred.
func compare(t *testing.T, got []byte, path string) {
	t.Helper()
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run the test with -update)", err)
	}
	if bytes.Equal(got, want) {
		return
	}
	if runtime.GOARCH == "amd64" {
		t.Fatalf("the picture differs from %s; look at both, then run with -update", path)
	}
	if share := difference(decode(t, got), decode(t, want)); share > 0.005 {
		t.Fatalf("%.2f %% of the pixels differ from %s", 100*share, path)
	}
}

func decode(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// difference is the share of pixels in which two images differ.
func difference(a, b image.Image) float64 {
	if a.Bounds() != b.Bounds() {
		return 1
	}
	differing := 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			if a.At(x, y) != b.At(x, y) {
				differing++
			}
		}
	}
	return float64(differing) / float64(a.Bounds().Dx()*a.Bounds().Dy())
}

func TestSameBytesEachTime(t *testing.T) {
	for kind, draw := range charts {
		first, err := painted(draw(primitives()))
		if err != nil {
			t.Fatal(err)
		}
		second, err := painted(draw(primitives()))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) {
			t.Errorf("%s: the same numbers gave two pictures", kind)
		}
	}
}

func TestWidth(t *testing.T) {
	for kind, draw := range charts {
		data, err := painted(draw(edges()))
		if err != nil {
			t.Fatal(err)
		}
		if got := decode(t, data).Bounds().Dx(); got != 1800 {
			t.Errorf("%s: %d pixels wide, want 1800", kind, got)
		}
	}
}

func TestNoSeries(t *testing.T) {
	for kind, draw := range charts {
		if _, err := draw(plot.Chart{}); !errors.Is(err, plot.ErrEmpty) {
			t.Errorf("%s: error %v, want ErrEmpty", kind, err)
		}
	}
}

func TestManySeriesStayViewable(t *testing.T) {
	series := make([]plot.Series, 5000)
	for i := range series {
		series[i] = plot.Series{Name: "s", Values: []float64{float64(i + 1)}}
	}
	for name, family := range map[string]func(i int) string{
		"no family":    func(int) string { return "" },
		"one each":     func(i int) string { return strconv.Itoa(i) },
		"a large last": func(i int) string { return strconv.Itoa(min(i, 13)) },
	} {
		for i := range series {
			series[i].Family = family(i)
		}
		for kind, draw := range charts {
			data, err := painted(draw(chart(series...)))
			if err != nil {
				t.Fatal(err)
			}
			if got := decode(t, data).Bounds().Dy(); got > 6000 {
				t.Errorf("%s, %s: %d pixels high", kind, name, got)
			}
		}
	}
}

// A picture grows with its series, so that rows never lie on each other.
func TestViolinsGrow(t *testing.T) {
	before := 0
	for n := plot.Few + 1; n < 45; n += 7 {
		series := make([]plot.Series, n)
		for i := range series {
			series[i] = plot.Series{Name: "s", Values: []float64{10, 20}}
		}
		data, err := painted(plot.Violins(chart(series...)))
		if err != nil {
			t.Fatal(err)
		}
		height := decode(t, data).Bounds().Dy()
		if before > 0 && height-before < 7*2*24 {
			t.Errorf("%d series take only %d pixels more than %d", n, height-before, n-7)
		}
		before = height
	}
}

// A reference that was not measured is none: there is nothing to hold the
// others against.
func TestReferenceWithoutSamples(t *testing.T) {
	ch := families()
	ch.Series[0].Values = nil
	for kind, draw := range charts {
		if _, err := painted(draw(ch)); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestValuesBeyondReason(t *testing.T) {
	for kind, draw := range charts {
		ch := chart(plot.Series{Name: "far", Values: []float64{-1e308, 1, 1e308}})
		if _, err := painted(draw(ch)); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestSeriesAreNotChanged(t *testing.T) {
	values := []float64{math.Inf(-1), 1, 2, math.NaN()}
	ch := chart(plot.Series{Name: "a\x1bb", Values: values})
	if _, err := painted(plot.Violins(ch)); err != nil {
		t.Fatal(err)
	}
	if ch.Series[0].Name != "a\x1bb" || !math.IsInf(values[0], -1) || !math.IsNaN(values[3]) {
		t.Error("drawing changed the caller's series")
	}
}
