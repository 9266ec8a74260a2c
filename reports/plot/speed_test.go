package plot_test

import (
	"fmt"
	"testing"

	"github.com/nsbench/nsbench/reports/plot"
)

// BenchmarkCharts draws ten series on light paper, on dark, and as an SVG. With
// ten million samples in all it is to cost little more than with ten thousand.
func BenchmarkCharts(b *testing.B) {
	for _, each := range []int{1000, 1_000_000} {
		var ch plot.Chart
		var k plot.Course
		for i := range 10 {
			t := track(each, 20000*float64(i+1), 100)
			ch.Series = append(ch.Series, plot.Series{Name: "s", Style: i, Values: t.Sorted, Firm: 0.999})
			k.Tracks = append(k.Tracks, t)
		}
		for _, one := range []struct {
			name string
			draw func() (*plot.Drawing, error)
		}{
			{"violins", func() (*plot.Drawing, error) { return plot.Violins(ch) }},
			{"percentiles", func() (*plot.Drawing, error) { return plot.Percentiles(ch) }},
			{"ecdf", func() (*plot.Drawing, error) { return plot.ECDF(ch) }},
			{"timeline", func() (*plot.Drawing, error) { return plot.Timeline(k) }},
		} {
			b.Run(fmt.Sprintf("%s/%d", one.name, 10*each), func(b *testing.B) {
				for b.Loop() {
					d, err := one.draw()
					if err != nil {
						b.Fatal(err)
					}
					for _, dark := range []bool{false, true} {
						if _, err := d.PNG(dark); err != nil {
							b.Fatal(err)
						}
					}
					if _, err := d.SVG("", new(plot.Inks)); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
