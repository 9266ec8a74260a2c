package reports_test

import (
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"
)

// sheets matches a page of a PDF; its streams are compressed, its objects are not.
var sheets = regexp.MustCompile(`/Type\s*/Page\b`)

// backgrounds measures the backgrounds that are not transparent.
const backgrounds = `(() => {
	const of = e => {
		const [r, g, b, a = 1] = getComputedStyle(e).backgroundColor.match(/[\d.]+/g).map(Number);
		return a === 0 ? null : (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
	};
	const all = Array.from(document.querySelectorAll("body, body *:not(.plot *)"), of).filter(l => l !== null);
	return {Page: of(document.body), Lowest: Math.min(...all), Highest: Math.max(...all)};
})()`

// luminances are those of the page, and of its darkest and its lightest part: 0
// is black and 1 is white.
type luminances struct{ Page, Lowest, Highest float64 }

// Paper is light, whatever the screen is, and holds all there is.
func testPrint(t *testing.T, b *browser) {
	for name := range pages {
		t.Run(name, func(t *testing.T) {
			p := b.shared(t, name)
			p.look(view{dark: true})
			if name == "recorded" { // the others have more of the same
				pdf := answer(p, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4)))
				if len(sheets.FindAll(pdf, -1)) == 0 {
					t.Errorf("a PDF of %d bytes has no page", len(pdf))
				}
			}
			const margins = 2 * 0.4 // in inches, as the browser has them
			for _, paper := range []chromedp.PaperSize{chromedp.PaperA4, chromedp.PaperLetter} {
				v := view{dark: true, print: true, width: int64((paper.Width - margins) * 96)}
				p.look(v)
				p.within(v)
				if l := eval[luminances](p, backgrounds); l.Page < 0.99 || l.Lowest < 0.85 {
					t.Errorf("%v: backgrounds of luminance %v", v, l)
				}
			}
		})
	}
}

// A dark page is dark everywhere. That it can be read is axe's to say.
func testDark(t *testing.T, b *browser) {
	for name := range pages {
		t.Run(name, func(t *testing.T) {
			p := b.shared(t, name)
			if l := eval[luminances](p, backgrounds); l.Page < 0.9 || l.Lowest < 0.85 {
				t.Errorf("light: backgrounds of luminance %v", l)
			}
			p.look(view{dark: true})
			if l := eval[luminances](p, backgrounds); l.Page > 0.15 || l.Highest > 0.3 {
				t.Errorf("dark: backgrounds of luminance %v", l)
			}
		})
	}
}
