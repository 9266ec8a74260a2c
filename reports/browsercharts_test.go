package reports_test

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A chart is what a reader sees of one that can be asked.
type chart struct {
	Seen            bool
	Width, Height   float64 // of the canvas on the page
	Left, Right     float64
	Dots            int // of the canvas that are not empty
	Where, Said     string
	Count           string // how many are shown
	Keys            []key
	Still           bool // the drawing that it stands for is seen
	Window, Content float64
}

// A key is of one series.
type key struct {
	Name, Value string
	Pressed     string
	Color       string
	Dots        int // of the canvas that have its colour
}

// chart reads a chart, the first figure that a CSS selector finds.
func (p *tab) chart(figure string) chart {
	p.t.Helper()
	return eval[chart](p, fmt.Sprintf(`(() => {
		const figure = document.querySelector(%q), canvas = figure.querySelector("canvas"), box = canvas.getBoundingClientRect();
		const copy = Object.assign(document.createElement("canvas"), {width: canvas.width, height: canvas.height});
		const pen = copy.getContext("2d", {willReadFrequently: true});
		let dots = [];
		if (canvas.width && canvas.height) {
			pen.drawImage(canvas, 0, 0);
			dots = pen.getImageData(0, 0, canvas.width, canvas.height).data;
		}
		const count = new Map();
		let all = 0;
		for (let i = 0; i < dots.length; i += 4) {
			if (dots[i+3] === 0) continue;
			all++;
			if (dots[i+3] < 100) continue; // the edge of a line, or of another
			const color = dots[i] << 16 | dots[i+1] << 8 | dots[i+2];
			count.set(color, (count.get(color) || 0) + 1);
		}
		// A thin line covers no dot wholly, and what it covers in part is off by rounding.
		const near = (a, b) => [16, 8, 0].every(shift => Math.abs((a >> shift & 255) - (b >> shift & 255)) <= 3);
		const of = color => [...count].reduce((sum, [other, n]) => sum + (near(color, other) ? n : 0), 0);
		return {
			Seen: canvas.checkVisibility(), Width: box.width, Height: box.height, Left: box.left, Right: box.right, Dots: all,
			Where: figure.querySelector(".where").textContent, Said: figure.querySelector("[role=status]").textContent, Count: figure.querySelector(".count").textContent,
			Keys: [...figure.querySelectorAll(".key")].map(k => ({
				Name: k.querySelector("span").textContent, Value: k.querySelector(".value").textContent, Pressed: k.getAttribute("aria-pressed"),
				Color: k.querySelector("path").getAttribute("stroke"), Dots: of(parseInt(k.querySelector("path").getAttribute("stroke").slice(1), 16)),
			})),
			Still: figure.querySelector(".still").checkVisibility(),
			Window: document.documentElement.clientWidth, Content: document.documentElement.scrollWidth,
		};
	})()`, figure))
}

// pressed counts the keys of the series that are shown.
func (c chart) pressed() int {
	n := 0
	for _, k := range c.Keys {
		if k.Pressed == "true" {
			n++
		}
	}
	return n
}

// live is the CSS selector of a chart of the first run.
func live(group int, kind string) string {
	return fmt.Sprintf("#run1-group%d figure[data-live=%s]", group, kind)
}

// kindsLive are the kinds of charts that can be asked.
var kindsLive = []string{"percentiles", "ecdf"}

// Charts can be asked: by mouse, by keyboard, by their keys.
func testCharts(t *testing.T, b *browser) {
	p := b.open(t, recordedPage(t), view{})
	for group := 1; group <= 2; group++ {
		for _, kind := range kindsLive {
			c := p.chart(live(group, kind))
			if !c.Seen || c.Still || c.Width < 400 || c.Height < 200 || c.Dots < 1000 {
				t.Errorf("group %d, %s: a chart of %.0f by %.0f with %d dots, seen: %v, the still one as well: %v", group, kind, c.Width, c.Height, c.Dots, c.Seen, c.Still)
			}
			for _, k := range c.Keys {
				if k.Dots < 20 || k.Pressed != "true" || k.Value != "" {
					t.Errorf("group %d, %s: from the start %+v", group, kind, k)
				}
			}
			if len(c.Keys) != 10 || c.Count != "10 of 10 shown" {
				t.Errorf("group %d, %s: %d keys, %q", group, kind, len(c.Keys), c.Count)
			}
		}
	}
	for name, test := range map[string]func(*testing.T, *tab){
		"hover": hovers, "keys": keysHide, "zoom": zooms, "keyboard": asksByKey, "looks": looks,
	} {
		t.Run(name, func(t *testing.T) {
			p.t = t
			test(t, p)
		})
	}
	p.t = t
	t.Run("many", func(t *testing.T) { manyCharts(t, b) })
}

// over is a point of the plot of a chart, as shares of it from the upper left.
func (p *tab) over(figure string, x, y float64) (left, top float64) {
	p.t.Helper()
	p.do(chromedp.ScrollIntoView(chromedp.CSS(figure + " .u-over")))
	at := eval[[]float64](p, fmt.Sprintf(`(r => [r.left + (r.width-1)*%g, r.top + (r.height-1)*%g])(document.querySelector(%q).getBoundingClientRect())`, x, y, figure+" .u-over"))
	return at[0], at[1]
}

// point moves the mouse over the plot of a chart, and reads it.
func (p *tab) point(figure string, x float64) chart {
	p.t.Helper()
	left, top := p.over(figure, x, 0.5)
	p.do(chromedp.MouseEvent(chromedp.MouseMoved, left, top))
	return p.chart(figure)
}

// ends are what the plot of a chart begins and ends with, as it tells them.
type ends struct{ Low, High string }

func (p *tab) ends(figure string) ends {
	p.t.Helper()
	low := p.point(figure, 0).Where
	return ends{low, p.point(figure, 1).Where}
}

// place is where on its axis a chart was pointed at: nines of a percentile, decades
// of a time.
func place(t *testing.T, where string) float64 {
	t.Helper()
	if q, is := strings.CutPrefix(where, "At p"); is {
		percent, err := strconv.ParseFloat(strings.TrimSuffix(q, ":"), 64)
		if err != nil {
			t.Fatal(err)
		}
		return -math.Log10(1 - percent/100)
	}
	ns, _ := valued(t, strings.TrimSuffix(strings.TrimPrefix(where, "Within "), ":"))
	return math.Log10(ns)
}

// together tells whether two places are a step of a curve apart, or less.
func together(t *testing.T, a, b string) bool {
	t.Helper()
	return math.Abs(place(t, a)-place(t, b)) < 0.02
}

func hovers(t *testing.T, p *tab) {
	for _, kind := range kindsLive {
		figure := live(1, kind)
		c := p.point(figure, 0.4)
		for _, k := range c.Keys {
			if k.Value == "" || k.Value == "-" {
				t.Errorf("%s: no value of %s", kind, k.Name)
			}
		}
		if !strings.HasSuffix(c.Where, ":") {
			t.Errorf("%s: the place is %q", kind, c.Where)
		}
		if other := p.point(figure, 0.7); other.Where == c.Where || other.Keys[0].Value == c.Keys[0].Value {
			t.Errorf("%s: %q, %s, at 0.7 as at 0.4", kind, other.Where, other.Keys[0].Value)
		}
		p.hover(figure+" .count", 1, 1)
		c = p.chart(figure)
		for _, k := range c.Keys {
			if k.Value != "" {
				t.Errorf("%s: %s of %s is left when the mouse has gone", kind, k.Value, k.Name)
			}
		}
		if c.Where != "Point at the chart for values." {
			t.Errorf("%s: %q when the mouse has gone", kind, c.Where)
		}
	}
}

// A key hides its series in both charts of its group, and in no other.
func keysHide(t *testing.T, p *tab) {
	const hidden = 3 // sigwait, whose colour no other has
	read := func() (all []chart) {
		for _, kind := range kindsLive {
			all = append(all, p.chart(live(1, kind)))
		}
		return append(all, p.chart(live(2, "ecdf")))
	}
	came := read()
	button := func(text string) string {
		return fmt.Sprintf("%s .tools button:nth-child(%d)", live(1, "percentiles"), map[string]int{"Show all": 4, "Hide all": 5}[text])
	}
	check := func(what string, shown int, dots func(i int, was, is key) bool) {
		t.Helper()
		for i, c := range read() {
			if i == 2 {
				if c.pressed() != 10 {
					t.Errorf("%s: %d are shown in the other group", what, c.pressed())
				}
				continue
			}
			if want := fmt.Sprintf("%d of 10 shown", shown); c.Count != want || c.pressed() != shown {
				t.Errorf("%s, %s: %q with %d keys pressed, want %q", what, kindsLive[i], c.Count, c.pressed(), want)
			}
			for k, is := range c.Keys {
				if was := came[i].Keys[k]; !dots(k, was, is) {
					t.Errorf("%s, %s: %+v, and was %+v", what, kindsLive[i], is, was)
				}
			}
		}
	}
	name := fmt.Sprintf("%s .key:nth-child(%d)", live(1, "ecdf"), hidden+1)
	p.click(name)
	check("one hidden", 9, func(i int, was, is key) bool {
		if i == hidden {
			return is.Pressed == "false" && is.Dots < was.Dots/10
		}
		return is.Pressed == "true" && is.Dots > 0
	})
	p.click(name)
	as := func(_ int, was, is key) bool { return is.Dots == was.Dots }
	check("shown again", 10, as)
	p.click(button("Hide all"))
	check("all hidden", 0, func(_ int, was, is key) bool { return is.Dots < was.Dots/10 })
	p.click(button("Show all"))
	check("all shown", 10, as)
}

// A drag over the plot shows what it went over, a double click and a button show
// all again; the other buttons zoom as well.
func zooms(t *testing.T, p *tab) {
	for _, kind := range kindsLive {
		figure := live(1, kind)
		came := p.ends(figure)
		from, top := p.over(figure, 0.3, 0.5)
		to, _ := p.over(figure, 0.6, 0.5)
		low, high := p.point(figure, 0.3).Where, p.point(figure, 0.6).Where
		drag := func() {
			p.do(
				chromedp.MouseEvent(chromedp.MouseMoved, from, top),
				chromedp.MouseEvent(chromedp.MousePressed, from, top, chromedp.ButtonLeft, chromedp.ClickCount(1)),
				chromedp.MouseEvent(chromedp.MouseMoved, (from+to)/2, top, chromedp.ButtonLeft),
				chromedp.MouseEvent(chromedp.MouseMoved, to, top, chromedp.ButtonLeft),
				chromedp.MouseEvent(chromedp.MouseReleased, to, top, chromedp.ButtonLeft, chromedp.ClickCount(1)),
			)
		}
		drag()
		if got := p.ends(figure); !together(t, got.Low, low) || !together(t, got.High, high) {
			t.Errorf("%s: dragged from %q to %q it goes %q", kind, low, high, got)
		}
		p.do(chromedp.MouseClickXY(from, top), chromedp.MouseClickXY(from, top, chromedp.ClickCount(2)))
		if got := p.ends(figure); got != came {
			t.Errorf("%s: after a double click it goes %q, want %q", kind, got, came)
		}
		tool := func(i int) { p.click(fmt.Sprintf("%s .tools button:nth-child(%d)", figure, i)) }
		drag()
		tool(3)
		if got := p.ends(figure); got != came {
			t.Errorf("%s: all of it is %q, want %q", kind, got, came)
		}
		tool(1)
		if got := p.ends(figure); got == came {
			t.Errorf("%s: zoomed in it goes %q as before", kind, got)
		}
		tool(2)
		if got := p.ends(figure); got != came {
			t.Errorf("%s: zoomed out again it goes %q, want %q", kind, got, came)
		}
	}
}

// The values at a percentile or a time are those that the tables have, and a
// screen reader is told them. No mouse is needed.
func asksByKey(t *testing.T, p *tab) {
	for _, ask := range []struct{ kind, where, column string }{
		{"percentiles", "At p50:", "p50"}, {"percentiles", "At p90:", "p90"}, {"percentiles", "At p99:", "p99"},
		{"ecdf", "Within 10.0us:", "10.0us"}, {"ecdf", "Within 50.0us:", "50.0us"},
	} {
		figure := live(1, ask.kind)
		eval[bool](p, fmt.Sprintf(`(document.querySelector(%q).focus(), true)`, figure+" .area"))
		p.press(kb.Home)
		for range 33 { // in tens, and back in ones
			p.press(kb.ArrowRight, chromedp.ModifierShift)
			if place(t, p.where(figure)) > place(t, ask.where)-1e-9 {
				break
			}
		}
		for range 10 {
			if p.where(figure) == ask.where {
				break
			}
			p.press(kb.ArrowLeft)
		}
		c := p.chart(figure)
		if c.Where != ask.where {
			t.Errorf("no place %q, the last is %q", ask.where, c.Where)
			continue
		}
		table := p.column(figure+" details table", p.columnNamed(figure+" details table", ask.column))
		for i, k := range c.Keys {
			want := strings.Trim(table.Cells[i], "()")
			if k.Name != table.Names[i] || k.Value != want {
				t.Errorf("%s %s is %s, the table has %s of %s", ask.where, k.Name, k.Value, want, table.Names[i])
			}
			if told := k.Name + " " + k.Value; !strings.Contains(c.Said, told) {
				t.Errorf("%s: %q without %q", ask.where, c.Said, told)
			}
		}
	}

	const main = "#run1-group1 table.releases"
	p50 := p.column(main, p.columnNamed(main, "p50"))
	figure := live(1, "percentiles")
	came := p.ends(figure)
	eval[bool](p, fmt.Sprintf(`(document.querySelector(%q).focus(), true)`, figure+" .area"))
	p.press(kb.Home)
	for range 3 {
		p.press(kb.ArrowRight, chromedp.ModifierShift)
	}
	c := p.chart(figure)
	if c.Where != "At p50:" {
		t.Errorf("thirty steps lead to %q", c.Where)
	}
	for i, k := range c.Keys {
		if got := p50.Cells[i]; got != "-" && got != k.Value {
			t.Errorf("p50 of %s is %s in the chart and %s in the table", k.Name, k.Value, got)
		}
	}
	p.press("+")
	zoomed := p.ends(figure)
	if zoomed == came {
		t.Errorf("+ leaves it at %q", came)
	}
	p.press("-")
	if got := p.ends(figure); got != came {
		t.Errorf("+ and - lead to %q, want %q", got, came)
	}
	p.press("+")
	p.press("+")
	p.press("0")
	if got := p.ends(figure); got != came {
		t.Errorf("0 leads to %q, want %q", got, came)
	}
}

func (p *tab) where(figure string) string {
	p.t.Helper()
	return eval[string](p, fmt.Sprintf(`document.querySelector(%q).textContent`, figure+" .where"))
}

// Charts follow the scheme and the window, and paper has the still drawing.
func looks(t *testing.T, p *tab) {
	figure := live(1, "percentiles")
	light := p.chart(figure)
	p.look(view{dark: true})
	p.until(fmt.Sprintf(`document.querySelector(%q).getAttribute("stroke") !== %q`, figure+" .key:nth-child(5) path", light.Keys[4].Color))
	for _, k := range p.chart(figure).Keys {
		if k.Dots < 20 {
			t.Errorf("on a dark page %d dots of %s in %s", k.Dots, k.Name, k.Color)
		}
	}
	p.look(view{})
	p.until(fmt.Sprintf(`document.querySelector(%q).getAttribute("stroke") === %q`, figure+" .key:nth-child(5) path", light.Keys[4].Color))

	for _, width := range []int64{360, 800, 1280} {
		p.look(view{width: width})
		p.until(fmt.Sprintf(`Math.abs(document.querySelector(%q).clientWidth - document.querySelector(%q).clientWidth) < 1`, figure+" canvas", figure+" .area"))
		c := p.chart(figure)
		if c.Left < 0 || c.Right > c.Window || c.Content > c.Window || c.Width < 200 || c.Dots < 1000 {
			t.Errorf("%d wide: the chart is from %.0f to %.0f, the page %.0f of %.0f, with %d dots", width, c.Left, c.Right, c.Content, c.Window, c.Dots)
		}
	}

	p.look(view{print: true, dark: true})
	if c := p.chart(figure); c.Seen || !c.Still {
		t.Errorf("on paper the chart is seen: %v, the drawing: %v", c.Seen, c.Still)
	}
	p.look(view{})
	p.until(fmt.Sprintf(`document.querySelector(%q).checkVisibility()`, figure+" canvas"))
	if c := p.chart(figure); c.Width != light.Width || c.Dots < 1000 || c.Keys[4].Color != light.Keys[4].Color {
		t.Errorf("after printing: %.0f wide, %d dots, %s in %s", c.Width, c.Dots, c.Keys[4].Name, c.Keys[4].Color)
	}
}

// Of a whole catalogue a chart begins with some, which look different, says how
// many, and names those that have nothing to show.
func manyCharts(t *testing.T, b *browser) {
	p := b.open(t, manyOutput(t, "html"), view{})
	for _, kind := range kindsLive {
		figure := live(1, kind)
		c := p.chart(figure)
		if want := fmt.Sprintf("%d of 38 shown", c.pressed()); c.Count != want || c.pressed() < 2 || c.pressed() > 12 || len(c.Keys) != 38 {
			t.Errorf("%s: %q with %d of %d keys pressed", kind, c.Count, c.pressed(), len(c.Keys))
		}
		for _, name := range []string{unmeasured, worthless} {
			if !strings.Contains(eval[string](p, fmt.Sprintf(`document.querySelector(%q).textContent`, figure+" .live > .small")), name) {
				t.Errorf("%s: nothing on %s, which is not drawn", kind, name)
			}
		}
		looks := eval[[]string](p, fmt.Sprintf(`[...document.querySelectorAll(%q)].map(k => k.getAttribute("stroke") + " " + k.getAttribute("stroke-dasharray"))`, figure+" .key[aria-pressed=true] path"))
		seen := make(map[string]bool)
		for _, look := range looks {
			if seen[look] {
				t.Errorf("%s: two are drawn as %q from the start", kind, look)
			}
			seen[look] = true
		}
	}
}
