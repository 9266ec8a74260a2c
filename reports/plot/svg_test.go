package plot

import (
	"encoding/xml"
	"errors"
	"image/color"
	"io"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// svgOf paints a page of 100 pixels' height.
func svgOf(t *testing.T, label string, paint func(draw.Canvas, theme)) string {
	t.Helper()
	out, err := (&Drawing{"test", 100 * px, paint}).SVG(label, new(Inks))
	if err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(strings.NewReader(string(out))); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return string(out)
		} else if err != nil {
			t.Fatalf("%v in %s", err, out)
		}
	}
}

// Text of a record is text, in an element and in an attribute.
func TestSVGEscapes(t *testing.T) {
	evil := `"><script>alert(1)</script>&`
	got := svgOf(t, evil, func(c draw.Canvas, th theme) { write(c, evil, 0, 0, sizeText, th.ink, true) })
	if strings.Contains(got, "<script") || strings.Count(got, "&lt;script&gt;") != 2 {
		t.Errorf("%s", got)
	}
}

// A path is what was painted, from the top left and in pixels.
func TestSVGPath(t *testing.T) {
	got := svgOf(t, "", func(c draw.Canvas, th theme) {
		stroke(c, draw.LineStyle{Color: th.ink, Width: 2 * px, Dashes: []vg.Length{4 * px, 3 * px}}, 10*px, 100*px, 20.44*px, 49.5*px)
		c.SetColor(th.paper)
		var circle vg.Path
		circle.Move(vg.Point{X: 20 * px, Y: 10 * px})
		circle.Arc(vg.Point{X: 10 * px, Y: 10 * px}, 10*px, 0, 2*math.Pi)
		circle.Close()
		c.Fill(circle)
	})
	for _, want := range []string{
		`stroke-width="2" stroke-dasharray="4 3" d="M10 0l10.4 50.5"`,
		`d="M20 90a10 10 0 0 0 -20 0a10 10 0 0 0 20 0z"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
}

// Both colours of a pair are in the style sheet, once however often they are used.
func TestInks(t *testing.T) {
	var inks Inks
	d := Drawing{"test", 10 * px, func(c draw.Canvas, th theme) {
		for range 3 {
			fill(c, th.ink, 0, 0, px, px)
		}
	}}
	for range 2 {
		if _, err := d.SVG("", &inks); err != nil {
			t.Fatal(err)
		}
	}
	want := ".i0{color:#1a1c20}\n@media screen and (prefers-color-scheme:dark){\n.i0{color:#e6e8eb}\n}\n"
	if got := inks.CSS(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// What one page shows and the other does not cannot be one drawing.
func TestShapesThatDependOnTheme(t *testing.T) {
	d := Drawing{"test", 10 * px, func(c draw.Canvas, th theme) {
		if th.paper == (color.RGBA{0xff, 0xff, 0xff, 0xff}) {
			fill(c, th.ink, 0, 0, px, px)
		}
	}}
	if _, err := d.SVG("", new(Inks)); !errors.Is(err, errPaint) {
		t.Errorf("error %v, want %v", err, errPaint)
	}
}

// What is left out of a line is nowhere farther from it than the tolerance, and
// its ends stay.
func TestSimpleStaysNear(t *testing.T) {
	var line []spot
	for i := range 2000 {
		x := float64(i)
		far := (x - 700) / 150
		line = append(line, spot{3 * i, int(900 * math.Exp(-far*far) * (1 + 0.3*math.Sin(x/9)))})
	}
	kept := simple(line)
	if len(kept) > len(line)/3 || kept[0] != line[0] || kept[len(kept)-1] != line[len(line)-1] {
		t.Fatalf("%d points of %d are kept, from %v to %v", len(kept), len(line), kept[0], kept[len(kept)-1])
	}
	at := 0
	for _, p := range line {
		for p.x > kept[at+1].x {
			at++
		}
		if far := distance(p, kept[at], kept[at+1]); far > tolerance {
			t.Fatalf("%v is %.2f from the line", p, far)
		}
	}
}

// What is no place on a page makes no path that cannot be read.
func TestTenthsBeyondReason(t *testing.T) {
	for _, l := range []vg.Length{vg.Length(math.NaN()), vg.Length(math.Inf(1)), vg.Length(math.Inf(-1)), 1e300, -1e300} {
		if got := strings.TrimPrefix(short(l), "-"); got != "100000" {
			t.Errorf("%v is %q", l, got)
		}
	}
}

func TestTenths(t *testing.T) {
	for n, want := range map[int]string{0: "0", 4: ".4", -4: "-.4", 10: "1", -15: "-1.5", 1204: "120.4"} {
		if got := string(appendTenths(nil, n)); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
