package nsbench_test

import (
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What the documents show of runs, whose times no machine would repeat, and of breaks,
// whose trials are not all alike.
const (
	recorded           = "docs/results/default.jsonl"
	recordedHandshakes = "docs/results/handshakes.jsonl"
	recordedBreaks     = "docs/results/handshake-breaks.jsonl"
)

// build builds the command that the documents speak of.
func build(t *testing.T) (nsbench string) {
	t.Helper()
	nsbench = filepath.Join(t.TempDir(), "nsbench")
	// Git refuses a version of a repository that another user owns.
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", nsbench, "./cmd/nsbench")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	return nsbench
}

// A session is a command in a document, and what the document says it prints.
type session struct {
	where string
	args  []string
	want  []string
}

var console = regexp.MustCompile("(?ms)^```console\n(.*?)^```$")

// sessions finds the commands in the console blocks of a document.
func sessions(t *testing.T, name string) (all []session) {
	t.Helper()
	for _, block := range console.FindAllStringSubmatch(read(t, name), -1) {
		for line := range strings.Lines(block[1]) {
			line = strings.TrimRight(line, "\n")
			switch typed, command := strings.CutPrefix(line, "$ nsbench "); {
			case command:
				all = append(all, session{where: name + ": " + line, args: strings.Fields(typed)})
			case len(all) == 0 || strings.HasPrefix(line, "$"):
				t.Fatalf("%s: a console block has %q where a nsbench command is due", name, line)
			default:
				all[len(all)-1].want = append(all[len(all)-1].want, line)
			}
		}
	}
	return all
}

// What a document says that a command prints is what it prints.
func TestDocumentedCommands(t *testing.T) {
	nsbench, ran := build(t), 0
	for _, name := range documents(t) {
		for _, s := range sessions(t, name) {
			ran++
			t.Run(s.where, func(t *testing.T) {
				switch s.args[0] {
				case "run":
					s.compare(t, reported(t, nsbench, recorded))
				case "handshake":
					switch {
					case slices.Contains(s.args, "--list"):
						s.compare(t, printed(nsbench, s.args...))
					case slices.Contains(s.args, "--breaks"):
						s.compare(t, reported(t, nsbench, recordedBreaks))
					default:
						s.compare(t, reported(t, nsbench, recordedHandshakes))
					}
				case "list":
					needRoot(t)
					s.compare(t, printed(nsbench, s.args...))
				case "demo":
					needDemo(t, nsbench)
					s.compare(t, printed(nsbench, s.args...))
				default:
					s.compare(t, printed(nsbench, s.args...))
				}
			})
		}
	}
	if ran == 0 {
		t.Error("no document has a command")
	}
}

// reported is what a command prints of what is recorded: rendered, as it is by the command.
func reported(t *testing.T, nsbench, record string) []string {
	t.Helper()
	all := printed(nsbench, "report", record, "--out", t.TempDir())
	return slices.DeleteFunc(all, func(line string) bool { return strings.HasPrefix(line, "nsbench: ") })
}

// printed is what a command prints, line by line and without the blanks at
// their ends, which no reader sees. Some commands are shown for their errors,
// so that its status says nothing here.
//
// The terminal is as wide as a reader of the document can be thought to have it, and
// of UTF-8.
func printed(nsbench string, args ...string) []string {
	cmd := exec.Command(nsbench, args...)
	cmd.Env = append(os.Environ(), "COLUMNS=100", "LC_ALL=C.UTF-8")
	out, _ := cmd.CombinedOutput()
	lines := strings.Split(strings.TrimRight(string(out), "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

// needRoot ends a test for want of privileges: a control group takes them, for
// one. It fails where NSBENCH_TEST_REQUIRE names root.
func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() == 0 {
		return
	}
	if slices.Contains(strings.Split(os.Getenv("NSBENCH_TEST_REQUIRE"), ","), "root") {
		t.Fatal("root is required")
	}
	t.Skip("not root")
}

// needDemo ends a test where no child can be cloned into namespaces: it is
// skipped, or it fails where NSBENCH_TEST_REQUIRE names the ability.
func needDemo(t *testing.T, nsbench string) {
	t.Helper()
	out, err := exec.Command(nsbench, "demo", "--hold", "0s", "--", "true").CombinedOutput()
	switch {
	case err == nil:
	case slices.Contains(strings.Split(os.Getenv("NSBENCH_TEST_REQUIRE"), ","), "userns"):
		t.Fatalf("userns is required: %v: %s", err, out)
	default:
		t.Skipf("no namespaces: %v: %s", err, out)
	}
}

// elision stands for lines that a document leaves out. What it shows before is
// as long as it is; what it shows behind begins with the line that follows and
// goes on to the end.
const elision = "..."

func (s session) compare(t *testing.T, got []string) {
	t.Helper()
	if at := slices.Index(s.want, elision); at >= 0 {
		resumed := slices.Index(got, s.want[at+1])
		if resumed < at {
			t.Fatalf("nothing that is printed begins with %q:\n%s", s.want[at+1], strings.Join(got, "\n"))
		}
		got = slices.Concat(got[:at], []string{elision}, got[resumed:])
	}
	if diff := cmp.Diff(s.want, got); diff != "" {
		t.Errorf("it prints something else (-document +printed):\n%s", diff)
	}
}

// docs/results.md, docs/charts.md, docs/handshakes.md and the pictures of the documents
// are what scripts/results makes of the runs that are recorded beside them, and it makes
// no others.
func TestResultsAreRendered(t *testing.T) {
	to := t.TempDir()
	cmd := exec.Command("scripts/results", "render", "--to", to)
	cmd.Env = append(os.Environ(), "NSBENCH="+build(t))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, pattern := range []string{"*.md", "charts/*"} {
		made := matching(t, to, pattern)
		for _, name := range made {
			if read(t, filepath.Join(to, name)) != read(t, filepath.Join("docs", name)) {
				t.Errorf("docs/%s is another than its record gives: scripts/results", name)
			}
		}
		if len(made) == 0 {
			t.Errorf("scripts/results makes no %s", pattern)
		}
	}
	if !slices.Contains(matching(t, to, "*.md"), "handshakes.md") {
		t.Error("scripts/results makes no handshakes.md")
	}
	if diff := cmp.Diff(matching(t, to, "charts/*"), matching(t, "docs", "charts/*")); diff != "" {
		t.Errorf("docs/charts has other pictures than scripts/results makes (-made +there):\n%s", diff)
	}
}

// matching lists the files of a directory by their names in it.
func matching(t *testing.T, directory, pattern string) []string {
	t.Helper()
	names, err := fs.Glob(os.DirFS(directory), pattern)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

var (
	usage = regexp.MustCompile("nsbench ([a-z]+)([^\n`]*)")
	flags = regexp.MustCompile("(?:^|[\\s`])(--?[a-z][a-z-]*)")
	fixes = regexp.MustCompile("(?m)Fix: .*$") // what mends a host is typed to other programs
)

// A flag in README.md is one of the command that it is shown with, and where it
// stands alone, of some command.
func TestDocumentedFlags(t *testing.T) {
	const name = "README.md"
	text, of := fixes.ReplaceAllString(read(t, name), ""), flagsOf(t, build(t))
	shown := usage.FindAllStringSubmatch(text, -1)
	if len(shown) == 0 {
		t.Errorf("%s shows no command", name)
	}
	for _, u := range shown {
		args, _, _ := strings.Cut(u[2], " -- ") // what follows is demo's command
		args, _, _ = strings.Cut(args, " #")    // and this a remark
		for _, f := range flags.FindAllStringSubmatch(args, -1) {
			if !slices.Contains(of[u[1]], f[1]) {
				t.Errorf("%s: nsbench %s has no flag %s", name, u[1], f[1])
			}
		}
	}
	all := slices.Concat(slices.Collect(maps.Values(of))...)
	for _, f := range flags.FindAllStringSubmatch(text, -1) {
		if strings.HasPrefix(f[1], "--") && !slices.Contains(all, f[1]) {
			t.Errorf("%s: no command has the flag %s", name, f[1])
		}
	}
}

// flagsOf lists the flags of each command, as its help has them.
func flagsOf(t *testing.T, nsbench string) map[string][]string {
	t.Helper()
	of := map[string][]string{}
	for _, line := range printed(nsbench, "help") {
		command := regexp.MustCompile(`^  ([a-z]+)  `).FindStringSubmatch(line)
		if command == nil {
			continue
		}
		of[command[1]] = nil
		for _, line := range printed(nsbench, command[1], "--help") {
			f := regexp.MustCompile(`^ +(-[a-z])?,? +(--[a-z-]+)`).FindStringSubmatch(line)
			if f != nil {
				of[command[1]] = append(of[command[1]], f[1:]...)
			}
		}
	}
	if len(of) == 0 {
		t.Fatal("nsbench help lists no command")
	}
	return of
}
