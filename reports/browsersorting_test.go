package reports_test

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// A sorted is a table as it is seen: the names and the cells of one column from
// top to bottom, families left out.
type sorted struct {
	Names, Cells []string
	Families     []string // what is written beside the names
	Headings     int      // of families
	Sort         string   // aria-sort of the head
	Heads        int      // that have an aria-sort
}

// column reads a table, the first that a CSS selector finds, at a column.
func (p *tab) column(table string, column int) sorted {
	p.t.Helper()
	return eval[sorted](p, fmt.Sprintf(`(() => {
		const table = document.querySelector(%q);
		const rows = [...table.querySelectorAll("tbody tr:not(.family)")];
		const heads = [...table.tHead.rows[0].cells];
		return {
			Names: rows.map(r => r.cells[0].textContent),
			Cells: rows.map(r => r.cells[%[2]d].textContent),
			Families: rows.map(r => getComputedStyle(r.cells[0], "::after").content.replace(/^" ?|"$/g, "").replace("none", "")),
			Headings: table.querySelectorAll("tr.family").length,
			Sort: heads[%[2]d].getAttribute("aria-sort") || "",
			Heads: heads.filter(h => h.hasAttribute("aria-sort")).length,
		};
	})()`, table, column))
}

// head is a CSS selector of the button that sorts a table by a column.
func head(table string, column int) string {
	return fmt.Sprintf("%s thead th:nth-child(%d) button", table, column+1)
}

// columnNamed finds a column of a table, the first that a CSS selector finds.
func (p *tab) columnNamed(table, name string) int {
	p.t.Helper()
	i := eval[int](p, fmt.Sprintf(`[...document.querySelector(%q).tHead.rows[0].cells].findIndex(h => h.textContent === %q)`, table, name))
	if i < 0 {
		p.t.Fatalf("%s has no column %s", table, name)
	}
	return i
}

var quantity = regexp.MustCompile(`^[~+(]*(-?[\d,.]+(?:e[+-]\d+)?)(ns|us|ms|s)?(?:-[\d.]+(ns|us|ms|s))?`)

// valued is the figure of a cell, in ns where it is a time; none of a dash.
func valued(t *testing.T, cell string) (value float64, is bool) {
	t.Helper()
	if cell == "-" {
		return 0, false
	}
	parts := quantity.FindStringSubmatch(cell)
	if parts == nil {
		t.Fatalf("%q is no figure", cell)
	}
	value, err := strconv.ParseFloat(strings.ReplaceAll(parts[1], ",", ""), 64)
	if err != nil {
		t.Fatal(err)
	}
	return value * map[string]float64{"": 1, "ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}[cmp.Or(parts[2], parts[3])], true
}

// inOrder is the rows by the figures of their cells, ascending (1) or descending
// (-1), ties as they were, dashes last.
func inOrder(t *testing.T, s sorted, direction int) []string {
	t.Helper()
	type row struct {
		name  string
		value float64
		is    bool
	}
	rows := make([]row, len(s.Names))
	for i, name := range s.Names {
		value, is := valued(t, s.Cells[i])
		rows[i] = row{name, value, is}
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		switch {
		case a.is != b.is:
			if a.is {
				return -1
			}
			return 1
		case !a.is:
			return 0
		}
		return direction * cmp.Compare(a.value, b.value)
	})
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = r.name
	}
	return names
}

// push presses a button, the first that a CSS selector finds. It is quicker than a
// click, which moves a mouse, and for where it is not the mouse that is in question.
func (p *tab) push(button string) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(document.querySelector(%q).click(), true)`, button))
}

// A head sorts its table up, then down, and then gives back the order in which
// the page came, with its families.
func testSorting(t *testing.T, b *browser) {
	p := b.open(t, recordedPage(t), view{})
	for table, names := range map[string][]string{
		"#run1-group1 table.releases": {"n", "p50", "95% of p50", "x", "95% of x", "cpu/s", "p90", "max"},
		"#run1-group2 table.releases": {"min", "95% of p50", "p99"},
		"#run1-more1 + .wide table":   nil,
	} {
		if names == nil { // of a sheet all that are figures
			names = eval[[]string](p, fmt.Sprintf(`[...document.querySelector(%q).tHead.rows[0].cells].slice(1).map(h => h.textContent)`, table))
		}
		for _, name := range names {
			p.sorts(t, table, name)
		}
	}
	p.sortsTexts(t)
	p.sortsByHand(t)

	many := b.open(t, manyOutput(t, "html"), view{})
	many.sorts(t, "table.releases", "p50")
	many.sorts(t, "table.releases", "95% of p50") // of ns and us
}

func (p *tab) sorts(t *testing.T, table, name string) {
	t.Helper()
	column := p.columnNamed(table, name)
	came := p.column(table, column)
	if came.Sort != "" || came.Heads != 0 {
		t.Fatalf("%s, %s: sorted from the start: %+v", table, name, came)
	}
	button := head(table, column)
	for _, want := range []struct {
		sort      string
		direction int
	}{{"ascending", 1}, {"descending", -1}} {
		p.push(button)
		got := p.column(table, column)
		if order := inOrder(t, came, want.direction); !slices.Equal(got.Names, order) {
			t.Errorf("%s, %s %s: %q, want %q", table, name, want.sort, got.Names, order)
		}
		if got.Sort != want.sort || got.Heads != 1 {
			t.Errorf("%s, %s: aria-sort is %q on one of %d heads, want %q", table, name, got.Sort, got.Heads, want.sort)
		}
		if flat := came.Headings > 0; flat && (got.Headings > 0 || slices.Contains(got.Families, "")) {
			t.Errorf("%s, %s %s: %d headings, families %q beside the names", table, name, want.sort, got.Headings, got.Families)
		}
	}
	p.push(button)
	if got := p.column(table, column); !slices.Equal(got.Names, came.Names) || got.Headings != came.Headings || got.Heads > 0 || strings.Join(got.Families, "") != "" {
		t.Errorf("%s, %s: in the end %+v, want %+v", table, name, got, came)
	}
}

// Texts are sorted as such.
func (p *tab) sortsTexts(t *testing.T) {
	t.Helper()
	const table = "#run1-group1 table.releases"
	for _, name := range []string{"primitive", "verdict"} {
		column := p.columnNamed(table, name)
		p.push(head(table, column))
		if got := p.column(table, column); !slices.IsSorted(got.Cells) {
			t.Errorf("%s ascending: %q", name, got.Cells)
		}
		p.push(head(table, column))
		if got := p.column(table, column); !slices.IsSortedFunc(got.Cells, func(a, b string) int { return cmp.Compare(b, a) }) {
			t.Errorf("%s descending: %q", name, got.Cells)
		}
		p.push(head(table, column))
	}
}

// Mouse and keyboard sort, and the focus stays where it is.
func (p *tab) sortsByHand(t *testing.T) {
	t.Helper()
	const table = "#run1-group1 table.releases"
	column := p.columnNamed(table, "p50")
	p.click(head(table, column-1))
	if got := p.column(table, column-1).Sort; got != "ascending" {
		t.Errorf("by mouse: aria-sort is %q", got)
	}
	p.press(kb.Tab)
	for _, step := range []struct{ key, sort string }{{kb.Enter, "ascending"}, {" ", "descending"}, {kb.Enter, ""}} {
		p.press(step.key)
		if got := p.column(table, column).Sort; got != step.sort {
			t.Errorf("by key: aria-sort is %q, want %q", got, step.sort)
		}
		if !eval[bool](p, fmt.Sprintf(`document.activeElement === document.querySelector(%q)`, head(table, column))) {
			t.Error("sorting takes the focus away")
		}
	}
}
