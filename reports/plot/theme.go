package plot

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A theme is the colours of a page.
type theme struct {
	paper, ink, faint, grid color.RGBA
	band, ghost             color.RGBA // behind every other family; series that are only background
	series                  []color.RGBA
}

// themeOf is the theme of a chart.
func themeOf(dark bool) theme {
	if dark {
		return theme{paper: rgb(0x16181d), ink: rgb(0xe6e8eb), faint: rgb(0xa2a9b4), grid: rgb(0x333842), band: rgb(0x1e2128), ghost: rgb(0x454b57), series: okabeIto(rgb(0xe6e8eb))}
	}
	return theme{paper: rgb(0xffffff), ink: rgb(0x1a1c20), faint: rgb(0x5c636e), grid: rgb(0xe1e4e8), band: rgb(0xf4f6f8), ghost: rgb(0xcdd2d9), series: okabeIto(rgb(0x000000))}
}

// okabeIto lists the colours of Okabe and Ito without the yellow, which
// cannot be seen on white; ink stands for their black.
func okabeIto(ink color.RGBA) []color.RGBA {
	return []color.RGBA{
		rgb(0x0072b2), // blue
		rgb(0xd55e00), // vermillion
		rgb(0x009e73), // bluish green
		rgb(0xcc79a7), // reddish purple
		rgb(0xe69f00), // orange
		rgb(0x56b4e9), // sky blue
		ink,
	}
}

func rgb(hex uint32) color.RGBA {
	return color.RGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff}
}

// over is what c looks like on paper with the given share of opacity. Blending
// here instead of drawing translucent keeps the palette, and the file, small.
func over(c, paper color.RGBA, share float64) color.RGBA {
	mix := func(a, b uint8) uint8 { return uint8(float64(a)*share + float64(b)*(1-share) + 0.5) }
	return color.RGBA{R: mix(c.R, paper.R), G: mix(c.G, paper.G), B: mix(c.B, paper.B), A: 0xff}
}

// shades are the colours without which a series would be taken for another,
// each also as the edge of a thin line shows it on paper. One sample colours
// few pixels, and they are the ones that matter.
func (th theme) shades() []color.RGBA {
	var all []color.RGBA
	for _, c := range th.series {
		for _, share := range []float64{0.25, 0.5, 0.75, 1} {
			all = append(all, over(c, th.paper, share))
		}
	}
	return all
}

var dashes = [][]vg.Length{
	nil,
	{7 * px, 3 * px},
	{2 * px, 2.5 * px},
	{9 * px, 3 * px, 2 * px, 3 * px},
	{4 * px, 2 * px},
}

var markers = []draw.GlyphDrawer{
	draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}, draw.CrossGlyph{},
	draw.RingGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{}, draw.PlusGlyph{},
}

// color, line and marker of a series. The three lists have lengths without a
// common divisor, so 280 styles pass before one comes again.
func (th theme) color(style int) color.RGBA { return th.series[index(style, len(th.series))] }

func (th theme) line(style int, w vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: th.color(style), Width: w, Dashes: dashes[index(style, len(dashes))]}
}

func (th theme) marker(style int, radius vg.Length) draw.GlyphStyle {
	return draw.GlyphStyle{Color: th.color(style), Radius: radius, Shape: markers[index(style, len(markers))]}
}

// index brings any number into 0 to n-1.
func index(style, n int) int { return (style%n + n) % n }

// type sizes, in pixels of the page.
const (
	sizeTitle = 18 * px
	sizeText  = 13 * px
	sizeNote  = 12 * px
)

// letters is a style of text, left-aligned on its baseline.
func letters(c color.Color, size vg.Length, bold bool) text.Style {
	face := font.Font{Typeface: "Liberation", Variant: "Sans"}
	if bold {
		face.Weight = 3 // WeightBold of golang.org/x/image/font
	}
	return text.Style{Color: c, Font: font.From(face, size), Handler: plot.DefaultTextHandler}
}

// dress gives a style our letters and keeps its alignment.
func dress(style *text.Style, c color.Color, size vg.Length) {
	plain := letters(c, size, false)
	style.Color, style.Font, style.Handler = plain.Color, plain.Font, plain.Handler
}

// Look is how the series of a style is drawn: its colours on a light page and on
// a dark one, as a style sheet writes them, and the lengths of its dashes and
// gaps in pixels, nil for a line without gaps.
func Look(style int) (light, dark string, dash []float64) {
	for _, l := range dashes[index(style, len(dashes))] {
		dash = append(dash, float64(l/px))
	}
	return hex(themeOf(false).color(style)), hex(themeOf(true).color(style)), dash
}
