package plot

import (
	"bytes"
	"fmt"
	"image/png"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Density is the number of pixels of an image for each pixel of the page, both
// ways: small type stays sharp on dense screens.
const Density = 2

const (
	// px is a pixel of the page: sizes are chosen for a picture that is
	// shown 900 of them wide, the column of a README.
	px = vg.Inch / 96

	// width is that of every chart.
	width = 900 * px

	dpi = Density * 96
)

// render draws with paint on a page of the given height and returns the PNG.
// gonum reports mistakes by panicking; here a panic is an error like another.
func render(height vg.Length, th theme, paint func(draw.Canvas)) (out []byte, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			out, err = nil, fmt.Errorf("plot draw: %v", cause)
		}
	}()
	img := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dpi), vgimg.UseBackgroundColor(th.paper))
	paint(draw.New(img))
	var buf bytes.Buffer
	if err := png.Encode(&buf, indexed(img.Image(), th.shades())); err != nil {
		return nil, fmt.Errorf("plot encode: %w", err)
	}
	return buf.Bytes(), nil
}
