package reports

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/stat"
)

// A command of a record comes to be typed only where it can do no harm.
func TestFlagsOf(t *testing.T) {
	for _, test := range []struct {
		command []string
		want    string
		ok      bool
	}{
		{[]string{"/tmp/evil", "run"}, "", true}, // whose name is not told
		{[]string{"nsbench", "run", "--seed", "1", "--iterations", "9", "--out=x", "--out", "y", "--quick", "-q", "--force"}, "--seed 1", true},
		{[]string{"nsbench", "run", "--primitives", "pipe-eof,futex", "--precision=2%", "--out"}, "--primitives pipe-eof,futex --precision=2%", true},
		{[]string{"nsbench", "run", "--payload", "true"}, "", false},
		{[]string{"nsbench", "run", "--payload=true"}, "", false},
		{[]string{"nsbench", "run", "--seed", "$(reboot)"}, "", false},
		{[]string{"nsbench", "run", "--seed", "1;reboot"}, "", false},
		{[]string{"nsbench", "run", "--seed=\x1b[2J"}, "", false},
		{[]string{"nsbench", "run", "a b"}, "", false},
		{[]string{"nsbench", "run", ""}, "", false},
		{[]string{"nsbench", "demo"}, "", false},
		{[]string{"nsbench"}, "", false},
		{nil, "", false},
	} {
		words, ok := flagsOf(test.command)
		if got := strings.Join(words, " "); got != test.want || ok != test.ok {
			t.Errorf("%q: %q %v, want %q %v", test.command, got, ok, test.want, test.ok)
		}
	}
}

// A file's name is one word to a shell, and where a line cannot show it, it
// is not told.
func TestFileWord(t *testing.T) {
	for name, want := range map[string]string{
		"":                         "FILE",
		"a/result.jsonl":           "a/result.jsonl",
		"/tmp/result.jsonl":        "/tmp/result.jsonl",
		"../result.jsonl":          "../result.jsonl",
		"my run.jsonl":             "'my run.jsonl'",
		"$(reboot)":                "'$(reboot)'",
		"it's.jsonl":               `'it'\''s.jsonl'`,
		"'":                        `''\'''`,
		"-rf":                      "./-rf",
		"\x1b[2J":                  "FILE",
		"two  spaces":              "'two  spaces'",
		"a\tb":                     "FILE",
		"a\nb":                     "FILE",
		"a\u202eb":                 "FILE",
		"\xff":                     "FILE",
		"größe.jsonl":              "FILE",
		strings.Repeat("long", 20): "FILE",
	} {
		if got := fileWord(TableOptions{Record: name, Width: 60, ASCII: true}); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if got := fileWord(TableOptions{Record: "größe.jsonl"}); got != "'größe.jsonl'" {
		t.Errorf("%q", got)
	}
}

func TestCommandLines(t *testing.T) {
	words := strings.Fields("nsbench run --seed 1 --iterations 6000")
	for room, want := range map[int]string{
		80: "nsbench run --seed 1 --iterations 6000",
		30: "nsbench run --seed 1 \\\n  --iterations 6000",
		14: "nsbench run \\\n  --seed 1 \\\n  --iterations \\\n  6000",
	} {
		if got := strings.Join(commandLines(words, room), "\n"); got != want {
			t.Errorf("%d: %q, want %q", room, got, want)
		}
	}
}

// What fits a run is told, and no more than three things.
func TestNext(t *testing.T) {
	started := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	usualRun := func() Run {
		return Run{
			Header: result.Header{Started: started, Command: []string{"nsbench", "run", "--seed", "1"}, Plan: result.Plan{Iterations: 100, Stages: 2}},
			End:    &result.End{Finished: started.Add(10 * time.Second)},
		}
	}
	compared := func(v stat.Verdict) Series {
		return Series{
			Series: result.Series{Primitive: "futex", Blocking: true}, Stage: StageFirst, Kind: KindHeld, Summary: stat.Summary{N: 100, P50: math.NaN()},
			Against: &Against{Comparison: stat.Comparison{Ratio: 0.5, RatioInterval: stat.Interval{Lo: 0.4, Hi: 0.6}, Verdict: v}},
		}
	}
	for name, test := range map[string]struct {
		edit func(*Run)
		opt  TableOptions
		want []string
	}{
		"nothing":    {func(*Run) {}, TableOptions{}, []string{"nsbench report FILE --out DIR", "nsbench compare FILE NEW"}},
		"rendered":   {func(*Run) {}, TableOptions{Rendered: true, Record: "a.jsonl"}, []string{"nsbench compare a.jsonl NEW"}},
		"untold":     {func(r *Run) { r.Series = []Series{compared(stat.Inconclusive)} }, TableOptions{Rendered: true}, []string{"nsbench run --seed 1 --iterations 400", "nsbench compare FILE NEW"}},
		"told":       {func(r *Run) { r.Series = []Series{compared(stat.Faster)} }, TableOptions{Rendered: true}, []string{"nsbench explain futex", "nsbench compare FILE NEW"}},
		"same":       {func(r *Run) { r.Series = []Series{compared(stat.Same)} }, TableOptions{Rendered: true}, []string{"nsbench compare FILE NEW"}},
		"not to run": {func(r *Run) { r.Series = []Series{compared(stat.Inconclusive)}; r.Header.Command[3] = ";" }, TableOptions{Rendered: true}, []string{"nsbench compare FILE NEW"}},
		"precision":  {func(r *Run) { r.Series = []Series{compared(stat.Inconclusive)}; r.Header.Plan.Precision = 0.02 }, TableOptions{Rendered: true}, []string{"nsbench compare FILE NEW"}},
		"endless": {func(r *Run) {
			r.Series = []Series{compared(stat.Inconclusive)}
			r.End, r.Problems = nil, []string{"no end"}
		}, TableOptions{Rendered: true}, nil},
		"torn": {func(r *Run) { r.Problems = []string{"torn"} }, TableOptions{}, []string{"nsbench report FILE --out DIR"}},
		"huge": {func(r *Run) { r.Series = []Series{compared(stat.Inconclusive)}; r.Header.Plan.Iterations = 1 << 62 }, TableOptions{Rendered: true}, []string{"nsbench compare FILE NEW"}},
		"short": {func(r *Run) {
			s := compared(stat.Same)
			s.Summary.Short = []stat.Shortfall{{Quantile: 0.99, Need: 368}, {Quantile: 0.999, Need: 3688}}
			r.Series = []Series{s}
		}, TableOptions{Rendered: true}, []string{"nsbench run --seed 1 --iterations 736", "nsbench compare FILE NEW"}},
		"host": {func(r *Run) {
			r.Series = []Series{compared(stat.Inconclusive)}
			r.Header.Environment.Disturbances = []result.Disturbance{{Check: "idle", Status: "warn", Fix: "echo 1"}}
		}, TableOptions{}, []string{"nsbench run --seed 1 --iterations 400", "nsbench doctor", "nsbench report FILE --out DIR"}},
		"no name": {func(r *Run) { r.Series = []Series{compared(stat.Faster)}; r.Series[0].Primitive = "`reboot`" }, TableOptions{Rendered: true}, []string{"nsbench compare FILE NEW"}},
	} {
		run := usualRun()
		test.edit(&run)
		var got []string
		for _, a := range next(run, test.opt) {
			got = append(got, strings.Join(a.words, " "))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	run := usualRun()
	run.Series = []Series{compared(stat.Inconclusive)}
	if got := next(run, TableOptions{})[0].why; !strings.HasSuffix(got, ", in about 40 s") {
		t.Errorf("%q", got)
	}
	for d, want := range map[time.Duration]string{time.Minute: "60 s", 2 * time.Minute: "2 min", 3 * time.Hour: "3 h"} {
		if got := roughly(d); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
