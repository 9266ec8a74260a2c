package reports_test

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/nsbench/nsbench/reports"
)

// The page in a real browser. Starting one takes longer than what most of these
// look at, so they share it; each opens tabs of its own. Whatever a tab is
// opened for, it fails where the page complains or asks for anything (browserwatch_test.go).
func TestInBrowser(t *testing.T) {
	b := browse(t)
	for _, test := range []struct {
		name string
		run  func(*testing.T, *browser)
	}{
		{"watch", testWatch},
		{"hands", testHands},
		{"accessible", testAccessible},
		{"axe", testAxeFinds},
		{"fits", testFits},
		{"keyboard", testKeyboard},
		{"print", testPrint},
		{"dark", testDark},
		{"scripts-off", testScriptsOff},
		{"inert", testInert},
		{"sorting", testSorting},
		{"baseline", testBaseline},
		{"charts", testCharts},
		{"matrices", testMatrices},
		{"downloads", testDownloads},
		{"screenshots", testScreenshots},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, b) })
	}
}

// A browser is a running Chromium.
type browser struct {
	ctx  context.Context
	t    *testing.T
	tabs map[string]*tab // that tests share
}

// browse starts a browser that ends with the test. What it writes goes into a
// folder of the test: its profile, and what it would write at home. It has no
// network: names do not resolve.
func browse(t *testing.T) *browser {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir) // chromedp makes the profile there, and waits until its last process has left it
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)),
		chromedp.Env("HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_CACHE_HOME="+dir, ours+"="+dir),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"),
	)
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ = chromedp.NewContext(ctx)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Errorf("the browser does not end: %v", err)
		}
		stop()
		for _, pid := range left(dir) {
			t.Errorf("process %s is left of the browser", pid)
		}
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("the browser does not start: %v", err)
	}
	return &browser{ctx, t, make(map[string]*tab)}
}

// chromium finds the browser.
func chromium(t *testing.T) string {
	t.Helper()
	var why error
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		path, err := exec.LookPath(name)
		if err == nil {
			return path
		}
		if why == nil {
			why = err
		}
	}
	missing(t, "chromium", why)
	return ""
}

// missing ends a test for want of an ability: it is skipped, or it fails where
// NSBENCH_TEST_REQUIRE names the ability.
func missing(t *testing.T, ability string, why error) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("NSBENCH_TEST_REQUIRE"), ","), ability) {
		t.Fatalf("%s is required: %v", ability, why)
	}
	t.Skipf("no %s: %v", ability, why)
}

// ours is in the environment of every process of a browser: some of them change
// their group and show nothing on their command lines.
const ours = "NSBENCH_TEST_BROWSER"

// left lists the processes of a browser that are still there, where the system
// has a /proc.
func left(dir string) []string {
	var pids []string
	entries, _ := os.ReadDir("/proc")
	for _, entry := range entries {
		env, _ := os.ReadFile("/proc/" + entry.Name() + "/environ")
		if slices.Contains(strings.Split(string(env), "\x00"), ours+"="+dir) {
			pids = append(pids, entry.Name())
		}
	}
	return pids
}

// The pages that are looked at: of a real run, of a whole catalogue of
// primitives, of a record that would take hold of its reader, of matrices
// alone, and of handshakes.
var pages = map[string]func(*testing.T) string{
	"recorded": recordedPage,
	"many":     func(t *testing.T) string { return manyOutput(t, "html") },
	"hostile":  func(t *testing.T) string { return hostileOutput(t, "html") },
	"matrices": matricesPage,

	"handshakes": func(t *testing.T) string { return rendered(t, gather(t, shaken(t, 60))) },
}

// recordedPages keeps the page of the run that README.md shows.
var recordedPages = make(map[string]string)

func recordedPage(t *testing.T) string {
	t.Helper()
	const path = "../docs/results/default.jsonl"
	if _, done := recordedPages[path]; !done {
		record, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		recordedPages[path] = rendered(t, gather(t, record))
	}
	return recordedPages[path]
}

func rendered(t *testing.T, rep *reports.Report) string {
	t.Helper()
	var out strings.Builder
	if err := reports.HTML(&out, rep); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
