package reports_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// A watch notes what no page may do: log, throw, violate its policy, open a
// dialog, or ask for anything but itself and what it holds.
type watch struct {
	file string // the address of the page

	mu    sync.Mutex
	notes []string
}

func (p *tab) listen(event any) {
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		p.note("console.%s: %s", e.Type, texts(e.Args))
	case *runtime.EventExceptionThrown:
		p.note("exception: %s %s", e.ExceptionDetails.Text, texts([]*runtime.RemoteObject{e.ExceptionDetails.Exception}))
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelWarning || e.Entry.Level == log.EntryLevelError {
			p.note("log: %s: %s: %s %s", e.Entry.Level, e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *audits.EventIssueAdded:
		p.note("issue: %s", e.Issue.Code)
	case *network.EventRequestWillBeSent:
		// A link within the page is no request, though its address differs.
		if e.Request.URL != p.file && !strings.HasPrefix(e.Request.URL, "data:") {
			p.note("request: %s", e.Request.URL)
		}
	case *network.EventWebSocketCreated:
		p.note("request: %s", e.URL)
	case *page.EventJavascriptDialogOpening:
		p.note("dialog: %s: %s", e.Type, e.Message)
		go p.close()
	}
}

// close closes a dialog: until then the page stands still. It is a request, and
// none may be made while an event is listened to.
func (p *tab) close() {
	if _, err := chromedp.Call(p.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{}); err != nil {
		p.note("close a dialog: %v", err)
	}
}

func texts(values []*runtime.RemoteObject) string {
	var all []string
	for _, v := range values {
		switch {
		case v == nil:
		case v.Description != "":
			all = append(all, v.Description)
		default:
			all = append(all, string(v.Value))
		}
	}
	return strings.Join(all, " ")
}

func (w *watch) note(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notes = append(w.notes, fmt.Sprintf(format, args...))
}

// said returns what was noted.
func (w *watch) said() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.notes)
}

// forget drops what was noted, of a page that is meant to misbehave.
func (w *watch) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notes = nil
}

// settled returns what was noted of all that the page has done. Events come
// before the answer to a later request.
func (p *tab) settled() []string {
	eval[bool](p, "true")
	return p.said()
}

// complain fails the test of a page that did what it may not do.
func (p *tab) complain() {
	for _, note := range p.settled() {
		p.t.Error(note)
	}
}

// The watch sees what it is for.
func testWatch(t *testing.T, b *browser) {
	p := b.open(t, `<!DOCTYPE html><html lang="en"><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="script-src 'unsafe-inline'">
<title>Misbehaves</title><img src="http://nsbench.example/picture.png" alt="">
<script>
console.warn("a warning");
try { new Function("a text") } catch {}
alert("a dialog");
throw new Error("an exception");
</script>`, view{})
	said := strings.Join(p.settled(), "\n")
	p.forget()
	for _, want := range []string{
		"console.warning: ", "issue: ContentSecurityPolicyIssue", "dialog: alert: a dialog", "exception: Uncaught Error: an exception",
		"request: http://nsbench.example/picture.png", "log: error: network: ",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("it did not see %s:\n%s", want, said)
		}
	}
}
