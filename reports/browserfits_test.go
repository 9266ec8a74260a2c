package reports_test

import "testing"

// outside lists what reaches beyond the window with nothing to scroll it by,
// and the texts of the head that are cut off.
const outside = `(() => {
	const name = e => e.tagName.toLowerCase() + (e.id && "#" + e.id) + (e.className && "." + e.className) + " " + JSON.stringify(e.textContent.trim().slice(0, 40));
	const scrolled = e => e && e !== document.body && (["auto", "scroll"].includes(getComputedStyle(e).overflowX) || scrolled(e.parentElement));
	const found = [];
	const width = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth > width) found.push("the page is " + document.documentElement.scrollWidth + " wide, the window " + width);
	for (const e of document.body.querySelectorAll(":not(.plot *)")) {
		const box = e.getBoundingClientRect();
		if (box.width && (box.right > width + 1 || box.left < -1) && !scrolled(e.parentElement)) found.push("outside: " + name(e));
	}
	for (const e of document.querySelectorAll("header, header *"))
		if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline" || e.scrollHeight > e.clientHeight + 1 && getComputedStyle(e).overflowY !== "visible")
			found.push("cut: " + name(e));
	return found;
})()`

// No window is too narrow: 320 is that of a page of 1280 at four times its size
// (WCAG 2.2, 1.4.10), 1311 and 1312 are on both sides of the style's own edge.
func testFits(t *testing.T, b *browser) {
	for name := range pages {
		t.Run(name, func(t *testing.T) {
			p := b.shared(t, name)
			for _, width := range []int64{320, 360, 640, 768, 1024, 1311, 1312, 1600, 2560} {
				p.look(view{width: width})
				p.within(view{width: width})
			}
		})
	}
}

func (p *tab) within(v view) {
	p.t.Helper()
	found := eval[[]string](p, outside)
	for i, what := range found {
		if i == 8 {
			p.t.Errorf("%v: and %d more", v, len(found)-i)
			break
		}
		p.t.Errorf("%v: %s", v, what)
	}
}
