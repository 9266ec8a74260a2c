package reports_test

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"
)

// compared is what a page shows that depends on the baseline.
type compared struct {
	Rows    map[string][]string // by the ID of the row: name, and all its cells
	Marked  []string            // the IDs of the rows of the baseline
	Figures []string            // the labels of the forest plots that can be seen
	Forests []string            // and the drawings themselves
	Order   []string            // the IDs of the rows of the first table
}

const comparison = `(() => {
	const rows = [...document.querySelectorAll("table.releases tbody tr:not(.family)")];
	const plots = [...document.querySelectorAll("figure[data-baseline]")].filter(f => f.checkVisibility());
	return {
		Rows: Object.fromEntries(rows.map(r => [r.id, [...r.cells].map(c => c.textContent)])),
		Marked: rows.filter(r => r.classList.contains("subject")).map(r => r.id).sort(),
		Figures: plots.map(f => f.querySelector(".still").getAttribute("aria-label")),
		Forests: plots.map(f => f.querySelector("svg").textContent),
		Order: [...document.querySelector("table.releases").querySelectorAll("tbody tr:not(.family)")].map(r => r.id),
	};
})()`

// against chooses a baseline as a reader does, by the keyboard.
func (p *tab) against(name string) {
	p.t.Helper()
	away := eval[int](p, fmt.Sprintf(`(() => {
		const select = document.querySelector(".choose select");
		select.focus();
		const at = [...select.options].findIndex(o => o.textContent === %q);
		return at < 0 || document.activeElement !== select ? 1e6 : at - select.selectedIndex;
	})()`, name))
	if away == 1e6 {
		p.t.Fatalf("no baseline %s to choose", name)
	}
	key := kb.ArrowDown
	if away < 0 {
		key, away = kb.ArrowUp, -away
	}
	for range away {
		p.press(key)
	}
	if got := eval[string](p, `document.querySelector(".choose select").selectedOptions[0].textContent`); got != name {
		p.t.Fatalf("%s is chosen, want %s", got, name)
	}
}

// Another baseline gives what the program computes for it, and the first comes back.
func testBaseline(t *testing.T, b *browser) {
	record, err := os.ReadFile("../docs/results/default.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	const other = "eventfd"
	rep := gather(t, record)
	rep.Compare(other, math.NaN())
	want := eval[compared](b.show(t, rep, view{}), comparison)
	if len(want.Figures) != 2 {
		t.Fatalf("forest plots %q, want one of each group", want.Figures)
	}

	p := b.open(t, recordedPage(t), view{})
	came := eval[compared](p, comparison)
	p.against(other)
	got := eval[compared](p, comparison)
	want.Order = came.Order // which the choice leaves
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("against %s (-computed +chosen):\n%s", other, diff)
	}
	if len(got.Marked) != 2 || slices.Equal(got.Marked, came.Marked) {
		t.Errorf("rows %q are marked, and were %q", got.Marked, came.Marked)
	}

	p.resorts(t, came)
	p.against("pipe-eof")
	if diff := cmp.Diff(came, eval[compared](p, comparison)); diff != "" {
		t.Errorf("back again (-came +got):\n%s", diff)
	}
}

// A table that is sorted by what depends on the baseline is sorted again.
func (p *tab) resorts(t *testing.T, came compared) {
	t.Helper()
	const table = "#run1-group1 table.releases"
	column := p.columnNamed(table, "x")
	p.click(head(table, column))
	p.against("spin")
	sorted := p.column(table, column)
	if order := inOrder(t, sorted, 1); !slices.Equal(sorted.Names, order) {
		t.Errorf("sorted by x, then against spin: %q, want %q", sorted.Names, order)
	}
	if first := sorted.Names[0]; first != "spin" || !strings.HasPrefix(sorted.Cells[0], "1") {
		t.Errorf("against spin, the fastest is %s of %s", first, sorted.Cells[0])
	}
	p.against("pipe-eof")
	if got := p.column(table, column); slices.Equal(got.Cells, sorted.Cells) || !slices.Equal(got.Names, inOrder(t, got, 1)) {
		t.Errorf("sorted by x, then against pipe-eof: %q of %q", got.Cells, got.Names)
	}
	p.click(head(table, column))
	p.click(head(table, column))
	if got := eval[compared](p, comparison); !slices.Equal(got.Order, came.Order) {
		t.Errorf("in the end %q, want %q", got.Order, came.Order)
	}
}
