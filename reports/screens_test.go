package reports_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/text"
	"pgregory.net/rapid"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

// oneOf draws names as they are usual, and as they need not be.
func oneOf(usual ...string) *rapid.Generator[string] {
	odd := []string{"", evil, strings.Repeat("長い名前", 20), "naïve", strings.Repeat("w", 500), "\x1b[31mred\x07", "a\tb"}
	return rapid.OneOf(rapid.SampledFrom(usual), rapid.SampledFrom(usual), rapid.SampledFrom(append(odd, usual...)))
}

// anyRecord draws a record of one run, of few samples and of whatever conditions.
func anyRecord(t *testing.T, r *rapid.T) []byte {
	head := planned(rapid.IntRange(1, 2).Draw(r, "stages"))
	env := &head.Environment
	for i, value := range []*string{&env.Host, &env.Kernel, &env.CPU, &env.VM, &head.Version} {
		*value = oneOf("bench", "6.18").Draw(r, fmt.Sprint("environment ", i))
	}
	head.Command = rapid.SliceOfN(oneOf("nsbench", "run", "--seed"), 0, 5).Draw(r, "command")
	for range rapid.IntRange(0, 3).Draw(r, "disturbances") {
		env.Disturbances = append(env.Disturbances, result.Disturbance{
			Check: oneOf("vm").Draw(r, "check"), Status: oneOf("warn", "unknown").Draw(r, "status"), Found: oneOf("found").Draw(r, "found"), Fix: oneOf("", "echo 1").Draw(r, "fix"),
		})
	}
	placements := rapid.SliceOfN(oneOf("cross-cpu", "same-cpu"), 1, 2).Draw(r, "placements")
	for i := range rapid.IntRange(1, 14).Draw(r, "series") {
		head.Plan.Series = append(head.Plan.Series, result.Series{
			Primitive: oneOf("pipe-eof", "futex", fmt.Sprint("p", i)).Draw(r, "primitive"), Family: oneOf("pipe", "memory").Draw(r, "family"), Blocking: true,
			Launcher: "clone", Namespaces: []string{"uts"}, Placement: rapid.SampledFrom(placements).Draw(r, "placement"), HoldNS: 1000,
		})
	}
	alike := make(map[[2]string]int) // two of one name and placement would be one series
	for i := range head.Plan.Series {
		s := &head.Plan.Series[i]
		key := [2]string{s.Primitive, s.Placement}
		s.Load = alike[key]
		alike[key]++
	}
	records := []result.Record{head}
	for series := range head.Plan.Series {
		for round := range rapid.IntRange(0, 12).Draw(r, "rounds") {
			b := one(series, rapid.SliceOfN(rapid.Int64Range(-1, 1<<rapid.IntRange(1, 62).Draw(r, "bits")), head.Plan.Stages, head.Plan.Stages).Draw(r, "release")...)
			b.Round = round
			if rapid.IntRange(0, 5).Draw(r, "valid") == 0 {
				b.Invalid = []result.Mark{{Sample: 0, Reason: "r" + oneOf(result.ReasonNotBlocked, result.ReasonMoved).Draw(r, "reason")}}
			}
			records = append(records, b)
		}
	}
	return encode(t, records...)
}

// sequence matches the SGR sequences that tables are coloured by, and no other.
var sequence = regexp.MustCompile(`\x1b\[(?:0|1|2|31|32|33)m`)

// Whatever the record and the screen: no line is wider than it, nothing is obeyed by
// a terminal but our own colours, in ASCII there is nothing else, and colours change
// nothing that is said.
func TestEveryTableFits(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		rep := gather(t, anyRecord(t, r))
		opt := reports.TableOptions{
			Width: rapid.IntRange(40, 200).Draw(r, "width"), ASCII: rapid.Bool().Draw(r, "ascii"), Rendered: rapid.Bool().Draw(r, "rendered"),
			Record: oneOf("", "a.jsonl", "my run.jsonl").Draw(r, "record"),
		}
		plain := screened(t, rep, opt)
		for line := range strings.SplitSeq(plain, "\n") {
			if n := text.StringWidthWithoutEscSequences(line); n > opt.Width {
				r.Fatalf("%d columns of %d: %q", n, opt.Width, line)
			}
			for _, c := range line {
				if !unicode.IsPrint(c) || opt.ASCII && c > '~' {
					r.Fatalf("%U came through: %q", c, line)
				}
			}
		}
		opt.Color = true
		if colored := screened(t, rep, opt); sequence.ReplaceAllString(colored, "") != plain {
			r.Fatalf("colours change it:\n%q\n%q", plain, colored)
		}
	})
}

func screened(t *testing.T, rep *reports.Report, opt reports.TableOptions) string {
	t.Helper()
	var out bytes.Buffer
	if err := reports.Table(&out, rep, opt); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Records that are hostile throughout reach a terminal with colours as they reach one
// without, and so do changes.
func TestHostileColours(t *testing.T) {
	for name, record := range map[string][]byte{"all": hostile(t), "sweep": hostileSweep(t)} {
		rep := gather(t, record)
		colored := screened(t, rep, reports.TableOptions{Color: true, Width: 100, ASCII: true})
		if !strings.Contains(colored, "\x1b[33m") {
			t.Errorf("%s: no colour", name)
		}
		for _, r := range sequence.ReplaceAllString(colored, "") {
			if r != '\n' && (r < ' ' || r > '~') {
				t.Errorf("%s: %U came through", name, r)
				break
			}
		}
		for line := range strings.SplitSeq(colored, "\n") {
			if strings.Contains(line, "\x1b[") && !strings.HasSuffix(line[:strings.LastIndex(line, "\x1b[")+len("\x1b[0m")], "\x1b[0m") {
				t.Errorf("%s: a line ends in colour: %q", name, line)
			}
		}
	}
}
