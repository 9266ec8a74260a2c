package reports_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

// evil is what a record could hold to take hold of its reader: of a terminal,
// of a page, of a spreadsheet, of a Markdown renderer, of a file system.
const evil = "=cmd|' /C calc'!A0\x1b]0;owned\x07\x1b[2J\u009b31m\u202egnp.exe\u200b\x00\x7f" +
	"<script>alert(1)</script><img src=x onerror=alert(2)>\"'><style>*{display:none}</style>{{.}}" +
	"| a | b |\n# heading\n[click](javascript:alert(3)) `code` ![i](http://evil.example/i.png) ../../etc/passwd"

// hostile is a record whose every text is evil and whose numbers are odd.
func hostile(t *testing.T) []byte {
	long := strings.Repeat("A\u0301\u202e", 1<<20/6) // a megabyte
	head := header()
	env := &head.Environment
	for _, text := range []*string{
		&head.Version, &env.Host, &env.OS, &env.Arch, &env.Kernel, &env.Cmdline, &env.Go, &env.CPU, &env.VM, &env.Governor,
		&env.IdleDriver, &env.IdlePolicy, &env.SMT, &env.Clock, &env.THP, &env.LoadAvg, &head.Clock.Source, &head.Clock.Why,
		&env.KeptAwake, &env.QuotaBy,
	} {
		*text = evil
	}
	head.Command = []string{evil, evil}
	env.Disturbances = []result.Disturbance{{Check: evil, Status: evil, Found: evil, Effect: evil, Fix: evil}, {Check: evil, Status: "ok", Found: evil}}
	head.Plan.Stages = 2
	head.Plan.Payload = []string{evil, evil}
	for _, name := range []string{"pipe-eof", evil, long, "-1+1", "@SUM(A1)"} {
		head.Plan.Series = append(head.Plan.Series, result.Series{
			Primitive: name, Family: evil, Blocking: true, Launcher: evil, Namespaces: []string{evil, evil}, Placement: evil, HoldNS: 5,
			Children: 2, FreesAll: true, Load: 1 << 30, LoadNice: -20, Quota: 1 << 30, Idle: evil, Sched: evil,
		})
	}
	head.Plan.Series[4].Placement = "elsewhere " + evil
	// Under conditions of their own, so that every table is there.
	for _, with := range []func(s *result.Series){
		func(s *result.Series) { s.Launcher, s.Namespaces = s.Launcher+"2", []string{evil} },
		func(s *result.Series) { s.Children, s.HoldNS, s.Idle, s.Sched = 1<<30, 1<<62, long, long },
	} {
		s := head.Plan.Series[0]
		with(&s)
		head.Plan.Series = append(head.Plan.Series, s)
	}
	records := []result.Record{head}
	for series := range head.Plan.Series {
		for range 8 {
			b := one(series, 1<<62, -1<<62, 1<<62, 7)
			b.Stage = []int64{1, 2, 1, 2}
			b.HoldNS = []int64{-1 << 62, 1 << 62, 1<<63 - 1, -1 << 63}
			b.SignalNS = []int64{-5, 1 << 62, 0, 0}
			b.Invalid = []result.Mark{{Sample: 1, Reason: evil, Detail: evil}}
			for _, column := range []*[]int64{&b.CloneNS, &b.StartupNS, &b.CycleNS, &b.PrepareNS, &b.ExecNS, &b.ExitNS, &b.ReapNS} {
				*column = []int64{-1 << 63, 1<<63 - 1}
			}
			huge := int64(1<<63 - 1)
			b.ThrottledNS, b.DrainNS = &huge, &huge
			records = append(records, b, one(series, 5000, 4000))
		}
	}
	records = append(records, &result.End{Ended: evil, Error: evil, Blocks: 112, Samples: 336})
	return encode(t, slices.Concat(records, evilMatrices())...)
}

// hostileSweep is a record whose only axis has values that are evil.
func hostileSweep(t *testing.T) []byte { return sweeping(t, evil) }

// sweeping is a record whose only axis has values made of a text.
func sweeping(t *testing.T, text string) []byte {
	head := planned(1, text, "pipe-eof", text, "pipe-eof", text, "pipe-eof")
	records := []result.Record{head}
	for i := range head.Plan.Series {
		head.Plan.Series[i].Sched = strings.Repeat(text, 1+i/2)[i/2:]
		for range 8 {
			records = append(records, one(i, int64(1000+i)))
		}
	}
	return encode(t, records...)
}

func TestHostileSweep(t *testing.T) {
	for kind, write := range outputs {
		var out bytes.Buffer
		if err := write(&out, hostileSweep(t)); err != nil {
			t.Fatal(err)
		}
		text := out.String()
		for _, r := range text {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Errorf("%s: %U came through", kind, r)
				break
			}
		}
		if strings.Contains(text, "<script>alert") && kind == "html" {
			t.Error("a script came through")
		}
		if strings.HasPrefix(kind, "table-80") || kind == "md" || kind == "html" {
			if !strings.Contains(text, "By sched") {
				t.Errorf("%s: no sweep", kind)
			}
		}
		for line := range strings.SplitSeq(text, "\n") {
			if n := len([]rune(line)); kind == "table-80.txt" && n > 80 {
				t.Errorf("%d characters: %s", n, line)
			}
		}
		if kind == "md" {
			outside := regexp.MustCompile("`[^`\n]*`").ReplaceAllString(text, "CODE")
			for _, markup := range []string{"<script", "<img", "<style", "](", "![", "http://", "\n# "} {
				if strings.Contains(outside, markup) {
					t.Errorf("%q stands outside of code", markup)
				}
			}
		}
	}
}

// hostileOutputs keeps what was made of the hostile record: several tests look
// at each.
var hostileOutputs = make(map[string]string)

func hostileOutput(t *testing.T, kind string) string {
	t.Helper()
	if done, ok := hostileOutputs[kind]; ok {
		return done
	}
	var out bytes.Buffer
	if err := outputs[kind](&out, hostile(t)); err != nil {
		t.Fatal(err)
	}
	hostileOutputs[kind] = out.String()
	return out.String()
}

var (
	// script matches the scripts of a page, which are ours.
	script = regexp.MustCompile(`(?s)<script>.*?</script>`)

	// numbers matches what a chart is drawn from, which holds no text.
	numbers = regexp.MustCompile(`\[[-+0-9.,elnu]+\]`)
)

// No report holds a character that a terminal obeys or that turns writing
// around, whatever the record held.
func TestHostileTextReachesNoTerminal(t *testing.T) {
	for kind := range outputs {
		for _, r := range hostileOutput(t, kind) {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Errorf("%s: %U came through", kind, r)
				break
			}
		}
	}
}

// A name of a megabyte does not make a report of megabytes, but for JSON,
// which passes texts on as they are.
func TestHostileTextIsCut(t *testing.T) {
	for kind := range outputs {
		out := picture.ReplaceAllString(hostileOutput(t, kind), "")
		out = numbers.ReplaceAllString(script.ReplaceAllString(out, ""), "")
		if !strings.HasSuffix(kind, "json") && len(out) > 400<<10 {
			t.Errorf("%s: %d bytes", kind, len(out))
		}
	}
}

func TestHostileJSONKeepsTexts(t *testing.T) {
	var value struct {
		Environment struct{ Kernel string }
	}
	if err := json.Unmarshal([]byte(hostileOutput(t, "json")), &value); err != nil {
		t.Fatal(err)
	}
	if value.Environment.Kernel != evil {
		t.Errorf("kernel %q", value.Environment.Kernel)
	}
}

func TestHostileTableIsNarrow(t *testing.T) {
	for line := range strings.SplitSeq(hostileOutput(t, "table-80.txt"), "\n") {
		if n := len([]rune(line)); n > 80 {
			t.Errorf("%d characters: %s", n, line)
		}
	}
}

func TestHostileCSVHoldsNoFormula(t *testing.T) {
	_, all := rows(t, hostile(t))
	for _, row := range all {
		for _, name := range []string{"primitive", "launcher", "namespaces", "placement", "reason", "idle", "sched"} {
			if cell := row[name]; cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Fatalf("%s: %q", name, cell)
			}
		}
	}
}

func TestHostileMarkdownIsText(t *testing.T) {
	outside := regexp.MustCompile("`[^`\n]*`").ReplaceAllString(hostileOutput(t, "md"), "CODE")
	for _, markup := range []string{"<script", "<img", "<style", "](", "![", "http://", "\n# "} {
		if strings.Contains(outside, markup) {
			t.Errorf("%q stands outside of code", markup)
		}
	}
}

func TestHostileBenchfmtKeepsItsShape(t *testing.T) {
	for line := range strings.SplitSeq(hostileOutput(t, "bench.txt"), "\n") {
		if strings.HasPrefix(line, "Benchmark") && len(strings.Fields(line)) != 4 {
			t.Errorf("line %q", line)
		}
	}
}

var tag = regexp.MustCompile(`<[a-zA-Z][^>]*>`)

// A page runs its own scripts, asks for nothing, and looks as its own style says.
func TestPageIsInert(t *testing.T) {
	for name, html := range map[string]string{"hostile": hostileOutput(t, "html"), "empty": emptyPage(t)} {
		if n := strings.Count(strings.ToLower(html), "<script"); n != 3 {
			t.Errorf("%s: %d scripts, want the figures, the charts and the page's", name, n)
		}
		html = script.ReplaceAllString(html, "") // ours, whose hashes are held below
		for _, element := range []string{"<iframe", "<object", "<embed", "<link", "<form", "<base", "<img src=x"} {
			if strings.Contains(strings.ToLower(html), element) {
				t.Errorf("%s: %s", name, element)
			}
		}
		if n := strings.Count(html, "<style"); n != 1 {
			t.Errorf("%s: %d styles", name, n)
		}
		for _, element := range tag.FindAllString(html, -1) {
			if regexp.MustCompile(`(?i)\s(style|on[a-z]+)\s*=`).MatchString(element) {
				t.Errorf("%s: %s", name, element)
			}
			if regexp.MustCompile(`(?i)(src|srcset|href)="[^"]*"`).MatchString(element) &&
				!regexp.MustCompile(`href="#[a-z0-9-]+"|^<a download="(nsbench|samples)\.[a-z.]+" href="data:`).MatchString(element) {
				t.Errorf("%s: %s", name, element)
			}
		}
	}
}

// emptyPage is the page of a report without a run.
func emptyPage(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	if err := reports.HTML(&out, &reports.Report{}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// The policy allows the style and the scripts of the page and no other: the hashes
// are those of what stands in the page, to the byte.
func TestPagePolicyNamesItsParts(t *testing.T) {
	html := emptyPage(t)
	var hashes []any
	for _, part := range regexp.MustCompile(`(?s)<style>(.*?)</style>|<script>(.*?)</script>`).FindAllStringSubmatch(html, -1) {
		hash := sha256.Sum256([]byte(part[1] + part[2]))
		hashes = append(hashes, base64.StdEncoding.EncodeToString(hash[:]))
	}
	want := fmt.Sprintf(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-%s'; script-src 'sha256-%s' 'sha256-%s'; base-uri 'none'; form-action 'none'">`, hashes...)
	if !strings.Contains(html, want) {
		t.Errorf("no %s", want)
	}
	if strings.Index(html, want) > strings.Index(html, "<style>") {
		t.Error("the policy stands behind the style")
	}
}

func TestPicturesAreFiles(t *testing.T) {
	safe := regexp.MustCompile(`^[a-z0-9][a-z0-9-]*\.png$`)
	for name, record := range map[string][]byte{
		"hostile": hostile(t),
		"twice":   slices.Repeat(encode(t, planned(1, "a"), one(0, 5), end(1, 1)), 2),
	} {
		seen := make(map[string]bool)
		for _, p := range reports.Pictures(gather(t, record)) {
			if seen[p.Name] || !safe.MatchString(p.Name) || len(p.Name) > 200 {
				t.Errorf("%s: name %q", name, p.Name)
			}
			seen[p.Name] = true
			if p.Alt == "" {
				t.Errorf("%s: %s says nothing in words", name, p.Name)
			}
			t.Run(name+"/"+p.Name, func(t *testing.T) {
				t.Parallel() // as the program draws them
				var out bytes.Buffer
				if err := p.Render(&out); err != nil {
					t.Error(err)
				}
				if img, err := png.Decode(io.LimitReader(&out, 1<<24)); err != nil || img.Bounds().Dx() != 1800 {
					t.Errorf("no picture: %v", err)
				}
			})
		}
		if len(seen) < 4 {
			t.Errorf("%s: %d pictures", name, len(seen))
		}
	}
}
