package plot

import (
	"image/color"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A family is the series of a chart that stand together under one name.
type family struct {
	name   string
	first  int // index of its first series in the chart
	series []Series
}

// families splits the series where the family changes.
func (c Chart) families() []family {
	var all []family
	for i, s := range c.Series {
		if i == 0 || s.Family != c.Series[i-1].Family {
			all = append(all, family{name: s.Family, first: i})
		}
		last := &all[len(all)-1]
		last.series = append(last.series, s)
	}
	return all
}

// reference is the series that the others are held against, if the chart has
// it and it was measured.
func (c Chart) reference() (ref Series, ok bool) {
	at := slices.IndexFunc(c.Series, func(s Series) bool { return s.Reference && len(s.Values)+len(s.Groups) > 0 })
	if at < 0 {
		return Series{}, false
	}
	return c.Series[at], true
}

// familyRoom is the width that the names of families take.
func (c Chart) familyRoom() vg.Length {
	style := letters(color.Black, sizeText, true)
	widest := vg.Length(0)
	for _, s := range c.Series {
		widest = max(widest, style.Width(s.Family))
	}
	if widest == 0 {
		return 0
	}
	return min(max(familyRoom, widest+14*px), mostFamilyRoom)
}

// paintBands puts every other family of a violin chart on a band across the
// page, and writes the name of each where its first row is.
func paintBands(page, data draw.Canvas, p *plot.Plot, ch Chart, th theme) {
	room := ch.familyRoom()
	if room == 0 {
		return
	}
	_, y := p.Transforms(&data)
	for i, f := range ch.families() {
		top, bottom := row(f.first, ch.Series)+0.5, row(f.first+len(f.series)-1, ch.Series)-0.5
		if i%2 == 0 {
			fill(page, th.band, page.Min.X-edge/2, y(bottom), page.Max.X+edge/2, y(top))
		}
		name := fit(f.name, sizeText, room-8*px)
		write(page, name, page.Min.X, y(row(f.first, ch.Series))-4*px, sizeText, th.ink, true)
	}
}
