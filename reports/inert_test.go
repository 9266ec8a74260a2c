package reports_test

import (
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
		const name = e.namespaceURI.endsWith("/xhtml") ? e.localName : e.nodeName;
		add(name);
		for (const a of e.attributes) add(name + " " + a.name);
	}
	return count;
})()`

// What a record says makes no element and no attribute: the page of a hostile
// record has those of a harmless one of the same shape. That it opens no dialog
// and asks for nothing is seen to in every tab.
func testInert(t *testing.T, b *browser) {
	harmless := b.show(t, gather(t, saying(t, "plain", "long")), view{})
	hostile := b.open(t, hostileOutput(t, "html"), view{})
	if diff := cmp.Diff(eval[map[string]int](harmless, census), eval[map[string]int](hostile, census)); diff != "" {
		t.Errorf("the page has other elements (-harmless +hostile):\n%s", diff)
	}
	if title := eval[string](hostile, `document.title`); !strings.HasPrefix(title, "nsbench: ") || !strings.Contains(title, "<script>") {
		t.Errorf("the title is %q, without what the record says", title)
	}
	if n := eval[int](hostile, `Array.from(document.links).filter(a => !a.getAttribute("href").startsWith("#") && !(a.download && a.protocol === "data:")).length`); n > 0 {
		t.Errorf("%d links lead elsewhere", n)
	}
}
