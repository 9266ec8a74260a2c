package plot

import (
	"bytes"
	"fmt"
	"image/png"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Density is the number of pixels of a PNG for each pixel of the page, both
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

// A Drawing is a chart laid out, 900 pixels of the page wide. It is painted when
// it is asked for in a format, in the colours of a light page or of a dark one,
// which differ in nothing else.
type Drawing struct {
	what   string // for errors
	height vg.Length
	paint  func(c draw.Canvas, th theme)
}

// PNG returns the drawing as an image for a light page or for a dark one.
func (d *Drawing) PNG(dark bool) ([]byte, error) {
	th := themeOf(dark)
	img := vgimg.NewWith(vgimg.UseWH(width, d.height), vgimg.UseDPI(dpi), vgimg.UseBackgroundColor(th.paper))
	if err := d.paintOn(img, th); err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, indexed(img.Image(), th.shades())); err != nil {
		return nil, fmt.Errorf("plot %s: encode: %w", d.what, err)
	}
	return buf.Bytes(), nil
}

// paintOn paints the whole page. gonum reports mistakes by panicking; here a
// panic is an error like another.
func (d *Drawing) paintOn(canvas vg.Canvas, th theme) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("plot %s: draw: %v", d.what, cause)
		}
	}()
	d.paint(draw.NewCanvas(canvas, width, d.height), th)
	return nil
}
