package reports_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

func matricesPage(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	if err := outputs["html"](&out, matrices(t)); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// The cell of pipe-eof under parent-killed, and what the page says below its matrix.
const (
	killedCell = "#run1-faults .matrix tbody tr:first-child td:nth-child(3) a"
	panelText  = `document.querySelector("#run1-faults .why").textContent`
)

// Each cell says what is behind it to whoever points at it, goes to it, or has no script.
func testMatrices(t *testing.T, b *browser) {
	says := func(t *testing.T, p *tab, parts ...string) {
		t.Helper()
		text := eval[string](p, panelText)
		for _, part := range parts {
			if !strings.Contains(text, part) {
				t.Errorf("%q is not in %q", part, text)
			}
		}
	}
	t.Run("hover", func(t *testing.T) {
		p := b.open(t, matricesPage(t), view{})
		says(t, p, "Point at a cell")
		p.hover(killedCell, 10, 8)
		p.until(panelText + `.startsWith("pipe-eof")`)
		says(t, p, "pipe-eof, parent-killed: The parent is killed by SIGKILL", "unsafe; released early; trials 20 of 20", "read(r, 1) = 0", "See pipe(7).")
		p.hover("h1", 5, 5)
		p.until(panelText + `.startsWith("Point")`)
	})
	t.Run("keyboard", func(t *testing.T) {
		p := b.open(t, matricesPage(t), view{})
		eval[bool](p, `(document.querySelector("#run1-faults .matrix a").focus(), true)`)
		says(t, p, "pipe-eof, none: Nothing is done.")
		p.press(kb.ArrowRight)
		says(t, p, "pipe-eof, parent-killed")
		p.press(kb.ArrowDown)
		says(t, p, "pipe-byte, parent-killed", "parent gone")
		p.press(kb.End)
		says(t, p, "pipe-byte, exec")
		p.press(kb.ArrowRight)
		says(t, p, "pipe-byte, exec")
		p.press(kb.Home)
		p.press(kb.ArrowUp)
		for range 5 {
			p.press(kb.ArrowRight)
		}
		says(t, p, "pipe-eof, sibling", "hung; trials 18 of 20", "released; trials 2 of 20; note the sibling had been released before")
		if n := eval[int](p, `document.querySelectorAll("#run1-faults .matrix a[tabindex='0']").length`); n != 1 {
			t.Errorf("%d cells in the round of the Tab key", n)
		}
		p.press(kb.Enter)
		p.until(`location.hash.startsWith("#run1-faults-why") && document.querySelector(":target").checkVisibility()`)
	})
	t.Run("touch", func(t *testing.T) {
		p := b.open(t, matricesPage(t), view{width: 380})
		p.click(killedCell)
		says(t, p, "pipe-eof, parent-killed")
		if got := eval[string](p, `location.hash`); got != "" {
			t.Errorf("a finger on a cell leads to %s", got)
		}
	})
	t.Run("still", func(t *testing.T) {
		p := b.open(t, matricesPage(t), view{still: true})
		p.click(killedCell)
		p.until(`document.querySelector(":target")?.textContent.includes("released early")`)
	})
}
