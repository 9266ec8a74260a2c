package reports_test

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/nsbench/nsbench/reports"
)

// patience is what one request to the browser may take. Nothing waits for it;
// it ends a test that would hang.
const patience = time.Minute

// A view is how a page is looked at. The zero view is a light page in a window
// of 1280 by 800, with scripts on.
type view struct {
	width, height int64 // of the window, in CSS pixels
	dark          bool
	print         bool // as on paper
	still         bool // scripts off
}

func (v view) String() string {
	name := fmt.Sprintf("%d", v.size().width)
	for _, part := range []struct {
		is   bool
		name string
	}{{v.dark, "dark"}, {v.print, "print"}, {v.still, "still"}} {
		if part.is {
			name += "-" + part.name
		}
	}
	return name
}

func (v view) size() view {
	if v.width == 0 {
		v.width = 1280
	}
	if v.height == 0 {
		v.height = 800
	}
	return v
}

// A tab shows one page.
type tab struct {
	*watch
	t   *testing.T
	ctx context.Context
}

// show opens the page of a report.
func (b *browser) show(t *testing.T, rep *reports.Report, v view) *tab {
	t.Helper()
	return b.open(t, rendered(t, rep), v)
}

// open opens a page, from a file and without a network, in a tab that closes
// with the test. The page is loaded when it returns, its pictures as well.
func (b *browser) open(t *testing.T, html string, v view) *tab {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.html")
	save(t, path, []byte(html))
	p := &tab{watch: &watch{file: (&url.URL{Scheme: "file", Path: path}).String()}, t: t}
	ctx, closed := chromedp.NewContext(b.ctx, chromedp.WithListener(p.listen))
	p.ctx = ctx
	t.Cleanup(closed)
	// The tab lives as long as the context of its first request.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	t.Cleanup(p.complain)
	request(p, network.Enable, network.EnableParams{})
	request(p, audits.Enable, cdp.Empty{})
	request(p, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Offline: true}},
	})
	// Only one tab has the focus, and only what has it shows it.
	request(p, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	request(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: v.still})
	p.look(v)
	p.do(chromedp.Navigate(p.file))
	return p
}

// shared is the page of that name for a test that only looks at it: loading one
// takes longer than most of what is looked at.
func (b *browser) shared(t *testing.T, name string) *tab {
	t.Helper()
	if b.tabs[name] == nil {
		b.tabs[name] = b.open(b.t, pages[name](t), view{})
	}
	p := b.tabs[name]
	p.t = t
	t.Cleanup(func() {
		p.complain()
		p.forget()
		p.t = b.t
	})
	p.look(view{})
	return p
}

// look changes how the page is looked at, but for scripts, which it has or has
// not from the start.
func (p *tab) look(v view) {
	p.t.Helper()
	v = v.size()
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "light"}}}
	if v.dark {
		media.Features[0].Value = "dark"
	}
	if v.print {
		media.Media = "print"
	}
	request(p, emulation.SetEmulatedMedia, media)
	p.do(chromedp.EmulateViewport(v.width, v.height))
}

// do takes steps, such as chromedp.Click.
func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("%v; the page said %q", err, p.said())
	}
}

// request asks the browser for what chromedp has no step for.
func request[P, R any](p *tab, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	return answer(p, func(ctx context.Context, target *chromedp.Target) (R, error) {
		return cdp.Call(ctx, target, command, params)
	})
}

// eval evaluates an expression in the page, or waits for its promise. The value
// is passed as JSON.
func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	return answer(p, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

func answer[T any](p *tab, action chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		p.t.Fatalf("%v; the page said %q", err, p.said())
	}
	return value
}

// until waits until an expression is true in the page, looking at it with each
// frame. chromedp.Poll would make a function of a text, which the policy of the
// page forbids.
func (p *tab) until(expression string) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`new Promise(done => {
		const look = () => (%s) ? done(true) : requestAnimationFrame(look);
		look();
	})`, expression))
}

// click clicks into the middle of the first element that a CSS selector finds.
func (p *tab) click(selector string) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS(selector)))
}

// hover moves the pointer to a point of the first element that a CSS selector
// finds, in CSS pixels from its upper left corner.
func (p *tab) hover(selector string, x, y float64) {
	p.t.Helper()
	p.do(chromedp.ScrollIntoView(chromedp.CSS(selector)))
	at := eval[[]float64](p, fmt.Sprintf(`(r => [r.left, r.top])(document.querySelector(%q).getBoundingClientRect())`, selector))
	p.do(chromedp.MouseEvent(chromedp.MouseMoved, at[0]+x, at[1]+y))
}

// press presses a key: a text, or one of the names in chromedp/kb.
func (p *tab) press(key string, modifiers ...chromedp.Modifier) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(key, chromedp.KeyModifiers(modifiers...)))
}

// The page sees what is done to it, and is waited for.
func testHands(t *testing.T, b *browser) {
	p := b.open(t, `<!DOCTYPE html><html lang="en"><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'"><title>Waits</title>
<button>Press</button><p id="below">Below</p>
<script>
const seen = [];
const see = what => requestAnimationFrame(() => requestAnimationFrame(() => seen.push(what)));
document.querySelector("button").addEventListener("click", () => see("click"));
document.querySelector("#below").addEventListener("mousemove", e => see("hover " + e.offsetX + " " + e.offsetY));
document.addEventListener("keydown", e => see("key " + e.key + (e.shiftKey ? " shifted" : "")));
</script>`, view{})
	p.click("button")
	p.hover("#below", 7, 5)
	p.press(kb.ArrowDown, chromedp.ModifierShift)
	p.until(`seen.length === 3`)
	if got, want := eval[[]string](p, `seen.sort()`), []string{"click", "hover 7 5", "key ArrowDown shifted"}; !slices.Equal(got, want) {
		t.Errorf("the page saw %q, want %q", got, want)
	}
}
