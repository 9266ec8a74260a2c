package plot

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/draw"
	"maps"
	"math"
	"slices"
)

// indexed copies an image to 256 colours, those of keep and those that most of
// its pixels have, and gives the rest, half-covered pixels at the edges of
// letters and lines, the nearest of them. The eye sees no difference, and the
// file is less than half as large: a report carries several pictures, each of
// them twice.
func indexed(img image.Image, keep []color.RGBA) *image.Paletted {
	from := rgba(img)
	palette := frequent(from, keep)
	known := make(map[color.RGBA]uint8)
	out := image.NewPaletted(from.Bounds(), palette)
	stretches(from, func(start, end int, c color.RGBA) {
		at, ok := known[c]
		if !ok {
			at = uint8(palette.Index(c))
			known[c] = at
		}
		for i := start; i < end; i++ {
			out.Pix[i] = at
		}
	})
	return out
}

// rgba is the image in memory that holds nothing but its pixels, row by row.
func rgba(img image.Image) *image.RGBA {
	size := img.Bounds().Size()
	if already, ok := img.(*image.RGBA); ok && already.Rect.Min == (image.Point{}) && already.Stride == 4*size.X {
		return already
	}
	out := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
	return out
}

// frequent lists up to 256 colours: keep, and then those of an image, the most
// frequent first and those of equal frequency in a fixed order.
func frequent(img *image.RGBA, keep []color.RGBA) color.Palette {
	counts := make(map[color.RGBA]int)
	stretches(img, func(start, end int, c color.RGBA) { counts[c] += end - start })
	for _, c := range keep {
		counts[c] = math.MaxInt32
	}
	colors := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int {
		return cmp.Or(counts[b]-counts[a], cmp.Compare(packed(a), packed(b)))
	})
	var palette color.Palette
	for _, c := range colors[:min(256, len(colors))] {
		palette = append(palette, c)
	}
	return palette
}

// packed orders colours.
func packed(c color.RGBA) uint32 {
	return uint32(c.R)<<24 | uint32(c.G)<<16 | uint32(c.B)<<8 | uint32(c.A)
}

// stretches visits the pixels, counted row by row, in stretches of one colour,
// of which a chart has few: paper is most of it. A stretch is found by comparing
// the pixels with themselves one further on, as much at a time as has matched
// already.
func stretches(img *image.RGBA, visit func(start, end int, c color.RGBA)) {
	pix := img.Pix
	for start := 0; start < len(pix); {
		end := start + 4
		for step := 4; step >= 4; {
			next := min(end+step, len(pix))
			if next > end && bytes.Equal(pix[end:next], pix[end-4:next-4]) {
				end, step = next, 2*step
			} else {
				step /= 2
			}
		}
		visit(start/4, end/4, color.RGBA{R: pix[start], G: pix[start+1], B: pix[start+2], A: pix[start+3]})
		start = end
	}
}
