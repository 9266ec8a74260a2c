package reports_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

// shakenOutputs are the reports of records of handshakes.
var shakenOutputs = map[string]func(w io.Writer, record []byte) error{
	"table-100.txt": tabled(100),
	"table-80.txt":  tabled(80),
	"json":          gathered(reports.JSON),
	"md":            gathered(reports.Markdown),
	"html":          gathered(reports.HTML),

	"handshakes.json": gathered(reports.HandshakesJSON),
	"handshakes.csv":  gathered(reports.HandshakesCSV),
	"stamps.csv":      func(w io.Writer, record []byte) error { return reports.HandshakeStampsCSV(w, bytes.NewReader(record)) },
	"breaks.json":     gathered(reports.BreaksJSON),
	"breaks.csv":      gathered(reports.BreaksCSV),
}

func TestGoldenOfHandshakes(t *testing.T) {
	for _, kind := range []string{"table-100.txt", "table-80.txt", "md", "html", "handshakes.csv", "breaks.csv"} {
		t.Run(kind, func(t *testing.T) {
			var out bytes.Buffer
			if err := shakenOutputs[kind](&out, shaken(t, 60)); err != nil {
				t.Fatal(err)
			}
			golden(t, "shaken."+kind, withoutPictures(out.Bytes()))
		})
	}
	for _, kind := range []string{"handshakes.json", "stamps.csv", "breaks.json"} { // long of more rounds
		t.Run(kind, func(t *testing.T) {
			var out bytes.Buffer
			if err := shakenOutputs[kind](&out, shaken(t, 1)); err != nil {
				t.Fatal(err)
			}
			golden(t, "shaken."+kind, out.Bytes())
		})
	}
}

func TestGoldenOfDiagrams(t *testing.T) {
	var out bytes.Buffer
	if err := reports.HandshakeDiagram(&out, madeProfiles()[2]); err != nil {
		t.Fatal(err)
	}
	golden(t, "shaken.mmd", out.Bytes())
}

// Nothing of a profile is markup of a diagram, nor ends a line of it.
func TestDiagramsOfHostileNames(t *testing.T) {
	p := result.Profile{
		Name: "x", Processes: []result.Process{{Name: "a\nend", About: "<script>; end"}, {Name: "b:;#"}},
		Steps: []result.Step{{Kind: result.StepReleases, By: "a\nend", To: "b:;#", Name: "go;\nloop x", Primitive: "%%{init"}},
	}
	var out bytes.Buffer
	if err := reports.HandshakeDiagram(&out, p); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	if lines := strings.Count(text, "\n"); lines != 4 || strings.Contains(text, "<script") || strings.Contains(text, "%%") {
		t.Errorf("%d lines\n%s", lines, text)
	}
}

// A record without them has empty lists for programs, and no table of them.
func TestNoHandshakes(t *testing.T) {
	rep := gather(t, matrices(t))
	for name, write := range map[string]string{"handshakes": "handshakes.json", "breaks": "breaks.json"} {
		var out bytes.Buffer
		if err := shakenOutputs[write](&out, matrices(t)); err != nil {
			t.Fatal(err)
		}
		var value map[string][]any
		if err := json.Unmarshal(withoutMembers(t, out.Bytes(), "environment"), &value); err != nil || value[name] == nil || len(value[name]) > 0 {
			t.Errorf("%s: %v, %v", name, value, err)
		}
	}
	if rep.Runs[0].Handshakes != nil || rep.Runs[0].Breaks != nil {
		t.Error("there are some")
	}
}

func withoutMembers(t *testing.T, text []byte, names ...string) []byte {
	t.Helper()
	var value map[string]any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		delete(value, name)
	}
	out, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Handshakes go to the run of series of their host, and of two sections the later is
// shown, which is said.
func TestHandshakesJoinTheirHost(t *testing.T) {
	rep := gather(t, append(bytes.Clone(open(t, "run.jsonl")), shaken(t, 2)...))
	if len(rep.Runs) != 1 && rep.Runs[0].Header.Environment.Host == rep.Runs[len(rep.Runs)-1].Header.Environment.Host {
		t.Errorf("%d runs of one host", len(rep.Runs))
	}
	rep = gather(t, append(shaken(t, 2), shaken(t, 2)...))
	if len(rep.Runs) != 1 || !strings.Contains(strings.Join(rep.Runs[0].Problems, " "), "taken again") {
		t.Errorf("%d runs, problems %q", len(rep.Runs), rep.Runs[0].Problems)
	}
}

// A section that was cut short, and one whose end counts other numbers, say so.
func TestHandshakesCutShort(t *testing.T) {
	text := shaken(t, 2)
	before, _, _ := bytes.Cut(text, []byte(`{"kind":"end"`))
	for name, record := range map[string][]byte{
		"has no end and was cut short": before,
		"counts 1 handshake in":        bytes.Replace(text, []byte(`"samples":18`), []byte(`"samples":1`), 1),
	} {
		if problems := strings.Join(gather(t, record).Runs[0].Problems, " "); !strings.Contains(problems, name) {
			t.Errorf("%s is not among %q", name, problems)
		}
	}
}

// An error of the writer comes back, in one line.
func TestHandshakesWriteErrors(t *testing.T) {
	full := errors.New("no space left on device")
	for kind, write := range shakenOutputs {
		err := write(failingWriter{full}, shaken(t, 2))
		if !errors.Is(err, full) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

type failingWriter struct{ err error }

func (f failingWriter) Write([]byte) (int, error) { return 0, f.err }

// Whatever is text in a record, no report of it holds a character that a terminal obeys,
// a formula or a tag.
func TestHandshakesOfHostileTexts(t *testing.T) {
	evil := "=\x1b[31m<script>evil</script>\x07\u202e\n|`x`"
	text := string(shaken(t, 3))
	quoted, err := json.Marshal(evil)
	if err != nil {
		t.Fatal(err)
	}
	inner := string(quoted[1 : len(quoted)-1])
	for _, name := range []string{"runc", "usermap-pls", "S1", "three stages of nsexec, with requests to the parent", "unix-stream", "maps missing", "R: read(sync, 4)", "link: /proc/sys/net is not there"} {
		text = strings.ReplaceAll(text, `"`+name+`"`, `"`+inner+name+`"`)
	}
	for kind, write := range shakenOutputs {
		var out bytes.Buffer
		if err := write(&out, []byte(text)); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		got := out.String()
		if strings.ContainsAny(got, "\x1b\x07\u202e") {
			t.Errorf("%s: holds what a terminal obeys", kind)
		}
		if kind == "html" && strings.Contains(got, "<script>evil") || kind == "md" && strings.Contains(strings.ReplaceAll(got, "`", ""), "\n<script>") {
			t.Errorf("%s: holds a tag", kind)
		}
		if strings.HasSuffix(kind, ".csv") && strings.Contains(got, ",=") {
			t.Errorf("%s: holds a formula", kind)
		}
	}
}
