package reports_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// census counts the elements of a page, and their attributes, each once where it
// is of a drawing, which has as many lines as its figures take.
const census = `(() => {
	const count = {};
	for (const e of document.querySelectorAll("*")) {
		const drawn = e.closest("svg.plot");
		const add = name => count[name] = drawn ? 1 : (count[name] || 0) + 1;
		add(e.nodeName);
		for (const a of e.attributes) add(e.nodeName + " " + a.name);
	}
	return count;
})()`

// What a record says makes no element and no attribute: the page of a hostile
// record has those of a harmless one of the same shape. That none opens a dialog
// or asks for anything is seen to in every tab.
func testInert(t *testing.T, b *browser) {
	harmless := b.show(t, gather(t, sweeping(t, "plain")), view{})
	hostile := b.show(t, gather(t, hostileSweep(t)), view{})
	if diff := cmp.Diff(eval[map[string]int](harmless, census), eval[map[string]int](hostile, census)); diff != "" {
		t.Errorf("the page has other elements (-harmless +hostile):\n%s", diff)
	}

	// Drawing all that a record can say for a second time would take too long:
	// its page has what others have.
	known := make(map[string]int)
	for _, name := range []string{"recorded", "many", "matrices"} {
		maps.Copy(known, eval[map[string]int](b.open(t, pages[name](t), view{}), census))
	}
	p := b.open(t, hostileOutput(t, "html"), view{})
	for name, n := range eval[map[string]int](p, census) {
		if known[name] == 0 {
			t.Errorf("%d of %s, which no other page has", n, name)
		}
	}
	for _, name := range []string{"SCRIPT", "STYLE", "IFRAME", "META", "LINK"} {
		if n := eval[map[string]int](p, census)[name]; n != known[name] {
			t.Errorf("%d of %s, want %d", n, name, known[name])
		}
	}
	if strange := eval[[]string](p, `[...Array.from(document.images, i => i.getAttribute("src")), ...Array.from(document.links, a => a.getAttribute("href"))]
		.map(a => a.slice(0, 40)).filter(a => !a.startsWith("data:application/gzip;base64,") && !a.startsWith("data:text/plain;base64,") && !a.startsWith("#"))`); len(strange) > 0 {
		t.Errorf("addresses %q", slices.Compact(strange))
	}
	if title := eval[string](p, `document.title`); !strings.HasPrefix(title, "nsbench: ") || !strings.Contains(title, "<script>alert(1)</script>") {
		t.Errorf("the title is %q, without what the record says", title)
	}
}
