package reports_test

import "testing"

// Without scripts a page has all it has to say: its verdicts, its tables and its
// pictures. What would need a script to work is not to be seen.
func testScriptsOff(t *testing.T, b *browser) {
	moved := b.open(t, `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Still</title><script>document.title = "Moved"</script>`, view{still: true})
	if title := eval[string](moved, `document.title`); title != "Still" {
		t.Fatalf("scripts are on: %s", title)
	}
	for name, page := range pages {
		t.Run(name, func(t *testing.T) {
			p := b.open(t, page(t), view{still: true})
			shown := []string{".verdict p", "table tbody tr", "svg.plot", "dl dd", "a[download]"}
			if name == "matrices" { // which are pictures themselves, and need no verdict
				shown = []string{".matrix td a", "dl dd", "a[download]"}
			}
			for _, selector := range shown {
				if eval[int](p, `Array.from(document.querySelectorAll("`+selector+`")).filter(e => e.checkVisibility() && e.getBoundingClientRect().height > 10 && e.textContent.trim()).length`) == 0 {
					t.Errorf("no %s can be seen", selector)
				}
			}
			if n := eval[int](p, `Array.from(document.querySelectorAll("button, input, select, textarea, canvas")).filter(e => e.checkVisibility()).length`); n > 0 {
				t.Errorf("%d controls can be seen that do nothing", n)
			}
		})
	}
}
