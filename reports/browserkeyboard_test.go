package reports_test

import (
	"slices"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// A stop is where the Tab key leads to.
type stop struct {
	At      int // among the elements of the page, -1 when the round is over
	Name    string
	Outline bool // it can be seen to have the focus
	Shown   bool // it is in the window
}

const (
	// stops are the elements that a keyboard has to reach: what can be worked
	// with, and what can be scrolled.
	stops = `(() => {
		const all = Array.from(document.querySelectorAll("*"));
		const shown = e => e.checkVisibility({visibilityProperty: true}) && !e.disabled;
		return all.filter(e => e.matches("a[href], button, input, select, textarea, summary, [tabindex]") && e.tabIndex >= 0 && shown(e)
			&& !(e.type === "radio" && !e.checked)).map(e => all.indexOf(e));
	})()`

	focused = `(() => {
		const e = document.activeElement;
		if (!e || e === document.body || e === document.documentElement) return {At: -1};
		const style = getComputedStyle(e), box = e.getBoundingClientRect();
		return {
			At: (globalThis.order ??= new Map(Array.from(document.querySelectorAll("*"), (e, i) => [e, i]))).get(e) ?? -2,
			Name: e.tagName.toLowerCase() + (e.id && "#" + e.id) + " " + (e.getAttribute("aria-label") || e.textContent.trim().slice(0, 40)),
			Outline: e.matches(":focus-visible") && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
			Shown: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
		};
	})()`
)

// The Tab key leads to everything that can be worked with, once, and each stop
// can be seen.
func testKeyboard(t *testing.T, b *browser) {
	for _, name := range []string{"recorded", "many", "matrices"} { // what a hostile record says makes no stop (inert_test.go)
		for _, v := range []view{{}, {width: 360}} {
			if v.width == 360 && name != "recorded" {
				continue // the way is the same, but for what a narrow page hides
			}
			t.Run(name+"-"+v.String(), func(t *testing.T) {
				p := b.open(t, pages[name](t), v)
				var reached []int
				want := eval[[]int](p, stops)
				if len(want) == 0 {
					t.Error("nothing to reach")
				}
				for range 2*len(want) + 10 {
					p.press(kb.Tab)
					s := eval[stop](p, focused)
					if s.At < 0 {
						break
					}
					if !s.Outline {
						t.Errorf("%s does not show that it has the focus", s.Name)
					}
					if !s.Shown {
						t.Errorf("%s has the focus out of sight", s.Name)
					}
					reached = append(reached, s.At)
				}
				for _, at := range want {
					if !slices.Contains(reached, at) {
						t.Errorf("the Tab key does not reach element %d", at)
					}
				}
				slices.Sort(reached)
				if len(slices.Compact(reached)) < len(reached) {
					t.Error("the Tab key is caught")
				}
			})
		}
	}
}
