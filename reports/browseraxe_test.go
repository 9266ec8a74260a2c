package reports_test

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// axe is the rules of axe-core, which scripts/axe fetches.
func axe(t *testing.T) string {
	t.Helper()
	path := os.Getenv("NSBENCH_TEST_AXE")
	if path == "" {
		missing(t, "axe", errors.New("NSBENCH_TEST_AXE is not set; NSBENCH_TEST_AXE=$(scripts/axe) go test ./reports"))
	}
	source, err := os.ReadFile(path)
	if err != nil {
		missing(t, "axe", err)
	}
	return string(source)
}

// A finding is what axe says of one element.
type finding struct {
	Rule, Help, Target, Summary string
}

func (f finding) String() string {
	return fmt.Sprintf("%s (%s): %s: %s", f.Rule, f.Help, f.Target, strings.Join(strings.Fields(f.Summary), " "))
}

// findings are the violations of a page, and what axe cannot decide.
type findings struct{ Violations, Undecided []finding }

// The rules of axe that a page is held to: all that the guidelines (WCAG 2.2, A
// and AA) ask for, and what is good practice, but for the one on the contrast of
// texts, which takes longest and is decided where all lies open; and that one.
const (
	everyRule = `runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}`
	otherRule = everyRule + `, rules: {"color-contrast": {enabled: false}}`
	contrast  = `runOnly: {type: "rule", values: ["color-contrast"]}`
)

// audit lets axe look at a page as it is now. axe comes in by the debugger: the
// policy of the page would refuse it as a script.
func (p *tab) audit(source, rules string) findings {
	p.t.Helper()
	if !eval[bool](p, `typeof axe === "object"`) {
		eval[bool](p, source+"\n;true")
	}
	found := eval[findings](p, `axe.run(document, {
		`+rules+`,
		resultTypes: ["violations", "incomplete"],
		preload: false, // it would ask for style sheets
	}).then(r => {
		const flat = rules => rules.flatMap(rule => rule.nodes.map(node => ({
			Rule: rule.id, Help: rule.help, Target: node.target.join(" "), Summary: node.failureSummary,
		})));
		return {Violations: flat(r.violations), Undecided: flat(r.incomplete)};
	})`)
	for _, list := range [][]finding{found.Violations, found.Undecided} {
		slices.SortFunc(list, func(a, b finding) int { return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Target, b.Target)) })
	}
	return found
}

// bare cuts out what axe has no rule for and takes most of its time: the lines of
// drawings, and the figures for baselines that are not chosen.
const bare = `(() => {
	for (const e of document.querySelectorAll("svg.plot > :not(title, desc), figure[hidden]")) e.remove();
	return document.querySelectorAll("svg.plot").length;
})()`

// spread has all that scrolls lie open, nothing stick, and no drawing: axe does not
// decide on the contrast of what is scrolled out of sight or lies beside a picture.
const spread = `(() => {
	const open = new CSSStyleSheet();
	open.replaceSync("* { overflow: visible !important; position: static !important; } .plot, .uplot { display: none !important; }");
	document.adoptedStyleSheets = [open];
	return true;
})()`

// axe finds nothing, on a narrow page and on a wide one, and decides on the contrast
// of every text, on a light page and on a dark one. The page of a hostile record has
// the colours of the others, and makes tables that no window holds.
func testAccessible(t *testing.T, b *browser) {
	source := axe(t)
	for name, page := range pages {
		t.Run(name, func(t *testing.T) {
			p := b.open(t, page(t), view{})
			if eval[int](p, bare) == 0 {
				t.Error("no drawings")
			}
			check := func(v view, rules string) {
				p.look(v)
				found := p.audit(source, rules)
				for _, f := range slices.Concat(found.Violations, found.Undecided) {
					t.Errorf("%v: %v", v, f)
				}
			}
			check(view{width: 360}, otherRule)
			if name == "hostile" {
				return
			}
			check(view{width: 1600}, otherRule)
			eval[bool](p, spread)
			check(view{width: 4000}, contrast)
			check(view{width: 4000, dark: true}, contrast)
		})
	}
}

// axe finds what is there to be found, the contrast of a dark page as well.
func testAxeFinds(t *testing.T, b *browser) {
	source := axe(t)
	p := b.open(t, `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Hard to read</title>
<style>@media (prefers-color-scheme: dark) { p { background: #000; color: #222; } }</style>
<main><h1>Hard to read</h1><p>In the dark.</p><img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="></main>`, view{})
	for _, v := range []view{{}, {dark: true}} {
		p.look(v)
		var rules []string
		for _, f := range p.audit(source, everyRule).Violations {
			rules = append(rules, f.Rule)
		}
		want := []string{"image-alt"}
		if v.dark {
			want = []string{"color-contrast", "image-alt"}
		}
		if !slices.Equal(rules, want) {
			t.Errorf("%v: axe finds %q, want %q", v, rules, want)
		}
	}
}
