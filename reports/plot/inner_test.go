package plot

import (
	"errors"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

func TestPanicBecomesError(t *testing.T) {
	out, err := (&Drawing{"nothing", 10 * px, func(draw.Canvas, theme) { panic("no such glyph") }}).PNG(false)
	if out != nil || err == nil || !strings.Contains(err.Error(), "no such glyph") {
		t.Fatalf("got %d bytes and %v", len(out), err)
	}
}

func TestRuntimePanicBecomesError(t *testing.T) {
	d := Drawing{"nothing", 10 * px, func(draw.Canvas, theme) {
		var none []int
		none[len(none)] = 1
	}}
	_, err := d.PNG(false)
	if err == nil || errors.Is(err, ErrEmpty) {
		t.Fatalf("got %v", err)
	}
}

func TestTime(t *testing.T) {
	for ns, want := range map[float64]string{
		0: "0ns", 1: "1ns", 7.5: "7.50ns", 97: "97ns", 156: "156ns", 999: "999ns", 999.4: "999ns", 999.6: "1.00us",
		7301: "7.30us", 9994: "9.99us", 9996: "10.0us", 17249: "17.2us", 99960: "100us", 999499: "999us",
		999600: "1.00ms", 1234567: "1.23ms", 4e9: "4.00s", 6e10: "60.0s", 3.6e12: "3600s", 1e308: "1.00e+299s", -7301: "-7.30us",
		math.Inf(1): "-", math.Inf(-1): "-",
	} {
		if got := Time(ns); got != want {
			t.Errorf("Time(%v) = %q, want %q", ns, got, want)
		}
	}
	if got := Time(math.NaN()); got != "-" {
		t.Errorf("Time(NaN) = %q", got)
	}
}

func TestMultiple(t *testing.T) {
	for ratio, want := range map[float64]string{
		0: "<0.001", 0.0004: "<0.001", 0.007: "0.007", 0.0994: "0.099", 0.0996: "0.10", 1.286: "1.29", 9.996: "10.0", 12.36: "12.4", 99.96: "100", 149.4: "149", 2_000_000: "2.00e+06",
	} {
		if got := Multiple(ratio); got != want {
			t.Errorf("Multiple(%v) = %q, want %q", ratio, got, want)
		}
	}
	if got := Multiple(math.NaN()); got != "-" {
		t.Errorf("Multiple(NaN) = %q", got)
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 36887: "36,887", 1000000: "1,000,000", -12345: "-12,345"} {
		if got := Count(n); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"pipe-eof":            "pipe-eof",
		"":                    "",
		" \t two\r\nlines\v ": "two lines",
		"\x1b[31mred\x1b[0m":  "?[31mred?[0m",
		"\x1b]8;;http://x\a":  "?]8;;http://x?",
		"\u009b2J":            "?2J",
		"a\u202egnp.exe":      "a?gnp.exe",
		"zero\u200bwidth":     "zero?width",
		"e\u0301\u0301":       "e??",
		"\xff\xfe":            "??",
		"naïve Ω":             "naïve Ω",
		"0123456789abcdefghi": "0123456789abc...",
		"0123456789abcdef":    "0123456789abcdef",
	} {
		if got := Clean(in, 16); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("\x1b[31m\u202e")
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s, 20)
		if len([]rune(got)) > 20 {
			t.Errorf("%d characters", len([]rune(got)))
		}
		for _, r := range got {
			if r != ' ' && !unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r) {
				t.Errorf("%q kept %U", s, r)
			}
		}
		if Clean(got, 20) != got {
			t.Errorf("%q is not clean yet", got)
		}
	})
}

func TestTicksAreLabelled(t *testing.T) {
	for _, axis := range [][2]float64{{3, 3.85}, {4.1, 4.96}, {2, 8}, {0, 9}, {-0.1, 308}, {1.9, 5.2}} {
		labels := 0
		for _, tick := range timeTicks(9).Ticks(axis[0], axis[1]) {
			if tick.Value < axis[0] || tick.Value > axis[1] {
				t.Errorf("a mark at %v on an axis from %v to %v", tick.Value, axis[0], axis[1])
			}
			if tick.Label != "" {
				labels++
			}
		}
		if labels < 2 || labels > 11 {
			t.Errorf("%d labels from %v to %v", labels, axis[0], axis[1])
		}
	}
}

func TestTickLabels(t *testing.T) {
	for want, at := range map[string]struct {
		multiple float64
		power    int
	}{"1ns": {1, 0}, "500ns": {5, 2}, "20us": {2, 4}, "1ms": {1, 6}, "5s": {5, 9}, "1000s": {1, 12}, "1e+91s": {1, 100}, "": {1, -1}} {
		if got := tickTime(at.multiple, at.power); got != want {
			t.Errorf("tickTime(%v, %d) = %q, want %q", at.multiple, at.power, got, want)
		}
	}
}

func TestStretchAndBack(t *testing.T) {
	for _, p := range percentiles {
		if got := unstretch(stretch(p.q)); math.Abs(got-p.q) > 1e-12 {
			t.Errorf("%v came back as %v", p.q, got)
		}
	}
}

// A density must show as many modes as the sample has, at their places.
func TestDensityFindsBothModes(t *testing.T) {
	var sample []float64
	for i := range 500 {
		sample = append(sample, 1e4*math.Exp(0.1*math.Sin(float64(i))))
	}
	for i := range 500 {
		sample = append(sample, 1e5*math.Exp(0.1*math.Sin(float64(i))))
	}
	slices.Sort(sample)
	shape := density(sample, 3, 6)
	first, valley, second := shape[cell(4, 3, 6)], shape[cell(4.5, 3, 6)], shape[cell(5, 3, 6)]
	if first < 0.5 || second < 0.5 || valley > 0.1 {
		t.Errorf("density %.2f at the first mode, %.2f between, %.2f at the second", first, valley, second)
	}
}

func TestDensityOfEqualSamplesIsFinite(t *testing.T) {
	for _, v := range density([]float64{50, 50, 50}, 1, 3) {
		if math.IsNaN(v) || v < 0 || v > 1 {
			t.Fatalf("density %v", v)
		}
	}
}

func TestStylesDiffer(t *testing.T) {
	type look struct {
		color        color.RGBA
		dash, marker int
	}
	seen := make(map[look]int)
	th := themeOf(false)
	for style := range 64 {
		l := look{th.color(style), index(style, len(dashes)), index(style, len(markers))}
		if before, taken := seen[l]; taken {
			t.Fatalf("styles %d and %d look the same", before, style)
		}
		seen[l] = style
	}
	th.color(-1)
}

// Every series has its place in one panel, whatever the number of families,
// and the reference is in each.
func TestPanelsHoldAll(t *testing.T) {
	for _, families := range []int{1, 2, 3, maxPanels, maxPanels + 1, 40} {
		var ch Chart
		for i := range 45 {
			ch.Series = append(ch.Series, Series{Name: Count(i), Family: Count(i * families / 45), Values: []float64{1}, Reference: i == 20})
		}
		panels := panelsOf(ch)
		if want := min(families, maxPanels); len(panels) != want {
			t.Errorf("%d families: %d panels, want %d", families, len(panels), want)
		}
		var names []string
		for _, f := range panels {
			if len(f.series) == 0 {
				t.Errorf("%d families: the panel %q is empty", families, f.name)
			}
			references := 0
			for _, s := range inPanel(f, ch) {
				references += len(s.Name) * yes(s.Reference)
			}
			if references != len("20") {
				t.Errorf("%d families: the reference is not once in the panel %q", families, f.name)
			}
			for _, s := range f.series {
				names = append(names, s.Name)
			}
		}
		for i, s := range ch.Series {
			if i >= len(names) || names[i] != s.Name {
				t.Fatalf("%d families: panels hold %q", families, names)
			}
		}
	}
}

// A panel is as high as its legend.
func TestPanelsHoldTheirLegends(t *testing.T) {
	var ch Chart
	for i := range 45 {
		ch.Series = append(ch.Series, Series{Family: Count(i / 40)})
	}
	panels := panelsOf(ch)
	if got := panelHeights(panels, ch); len(got) != 1 || got[0] < panelTitle+40*panelRow {
		t.Errorf("heights %v for 40 entries", got)
	}
}

// A single sample colours few pixels. They must keep the colour of its series
// when the picture is reduced to 256 colours.
func TestRareColorSurvives(t *testing.T) {
	th := themeOf(false)
	img := image.NewRGBA(image.Rect(0, 0, 300, 300))
	for i := range 300 * 300 {
		img.SetRGBA(i%300, i/300, color.RGBA{R: uint8(i), G: uint8(i >> 8), B: 0x80, A: 0xff})
	}
	img.SetRGBA(7, 7, th.color(0))
	if got := indexed(img, th.shades()).At(7, 7); got != color.Color(th.color(0)) {
		t.Errorf("%v became %v", th.color(0), got)
	}
}

// Stretches cover every pixel once, and each has one colour and ends where the
// next begins.
func TestStretchesCoverTheImage(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for size := range 40 {
		img := image.NewRGBA(image.Rect(0, 0, size, 3))
		for i := range img.Pix {
			img.Pix[i] = uint8(rng.IntN(2) * rng.IntN(2) * rng.IntN(2))
		}
		at := 0
		stretches(img, func(start, end int, c color.RGBA) {
			if start != at || end <= start {
				t.Fatalf("a stretch from %d to %d after %d", start, end, at)
			}
			for i := start; i < end; i++ {
				if got := img.RGBAAt(i%size, i/size); got != c {
					t.Fatalf("pixel %d is %v in a stretch of %v", i, got, c)
				}
			}
			at = end
		})
		if at != size*3 {
			t.Fatalf("%d of %d pixels", at, size*3)
		}
	}
}

// The middle is that of the sorted values, whatever their order.
func TestMiddleOf(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for n := 1; n < 60; n++ {
		values := make([]float64, n)
		for i := range values {
			values[i] = float64(rng.IntN(n/2 + 1))
		}
		want := slices.Sorted(slices.Values(values))[n/2]
		if got := middleOf(values); got != want {
			t.Fatalf("%d values: %v, want %v", n, got, want)
		}
	}
}

// Bisection counts what a look at every sample does.
func TestUpTo(t *testing.T) {
	sorted := []float64{-5, 0, 0.5, 1, 2, 2, 99, 1e6, 1e308}
	for _, at := range []float64{-3, -0.001, 0, 0.3, 0.302, 1.9, 2, 5.999999, 6.000001, 307, 309} {
		want := 0
		for _, v := range sorted {
			if log10(v) <= at {
				want++
			}
		}
		if got := upTo(sorted, at); got != want {
			t.Errorf("%d values up to %v, want %d", got, at, want)
		}
	}
}

// Names that have room for each other do not lie on each other, and each is within
// bounds.
func TestLabelsKeepApart(t *testing.T) {
	bounds := vg.Rectangle{Max: vg.Point{X: 800 * px, Y: 500 * px}}
	rng := rand.New(rand.NewPCG(8, 9))
	l := labelling{bounds: bounds}
	points := make([]vg.Point, 40)
	for i := range points {
		points[i] = vg.Point{X: 400*px + vg.Length(60*rng.NormFloat64())*px, Y: 250*px + vg.Length(40*rng.NormFloat64())*px}
		l.obstacle(points[i], 6*px)
	}
	for i, at := range points {
		l.add(at, "primitive-"+Count(i), false)
	}
	for i, a := range l.placed {
		if a.box.Min.X < bounds.Min.X || a.box.Max.X > bounds.Max.X || a.box.Min.Y < bounds.Min.Y || a.box.Max.Y > bounds.Max.Y {
			t.Errorf("%s is at %v", a.text, a.box)
		}
		for _, b := range l.placed[:i] {
			if overlap(a.box, b.box) {
				t.Errorf("%s lies on %s", a.text, b.text)
			}
		}
	}
}
