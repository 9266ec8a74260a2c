package reports_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

func isTorn(err error) bool { return errors.Is(err, result.ErrTorn) }

// find returns a series of a run.
func find(t *testing.T, run reports.Run, primitive, stage string) reports.Series {
	t.Helper()
	at := slices.IndexFunc(run.Series, func(s reports.Series) bool { return s.Primitive == primitive && s.Stage == stage })
	if at < 0 {
		t.Fatalf("no series %s, %s", primitive, stage)
	}
	return run.Series[at]
}

func end(blocks, samples int) *result.End {
	return &result.End{Ended: result.EndedComplete, Blocks: blocks, Samples: samples}
}

func TestGatherSplitsStagesAndSorts(t *testing.T) {
	record := encode(t, planned(3, "a"), one(0, 30, 9, 7), one(0, 10, 8, 6), end(2, 6))
	run := gather(t, record).Runs[0]
	if diff := cmp.Diff([]float64{10, 30}, find(t, run, "a", reports.StageFirst).Release.Sorted()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]float64{6, 7, 8, 9}, find(t, run, "a", reports.StageLater).Release.Sorted()); diff != "" {
		t.Error(diff)
	}
	if len(run.Problems) != 0 {
		t.Errorf("problems %q", run.Problems)
	}
}

func TestGatherLeavesWarmupOut(t *testing.T) {
	warm := one(0, 1)
	warm.Warmup = true
	s := find(t, gather(t, encode(t, planned(1, "a"), warm, one(0, 5), end(2, 2))).Runs[0], "a", reports.StageFirst)
	if diff := cmp.Diff([]float64{5}, s.Release.Sorted()); diff != "" {
		t.Error(diff)
	}
}

func TestGatherCountsInvalidSamplesOnce(t *testing.T) {
	b := one(0, 50, 60, 70, -5)
	b.Invalid = []result.Mark{
		{Sample: 1, Reason: result.ReasonNotBlocked},
		{Sample: 1, Reason: result.ReasonEarly},
		{Sample: 2, Reason: result.ReasonOutcome, Detail: "parent-gone"},
	}
	run := gather(t, encode(t, planned(4, "a"), b, end(1, 4))).Runs[0]
	first, later := find(t, run, "a", reports.StageFirst), find(t, run, "a", reports.StageLater)
	if first.Summary.N != 1 || first.InvalidTotal() != 0 {
		t.Errorf("first: n %d, invalid %v", first.Summary.N, first.Invalid)
	}
	want := map[string]int{result.ReasonNotBlocked: 1, result.ReasonOutcome: 1, result.ReasonClock: 1}
	if diff := cmp.Diff(want, later.Invalid); diff != "" {
		t.Errorf("later: %s", diff)
	}
	if later.Summary.N != 0 || !math.IsNaN(later.WaitCPUShare) || !math.IsNaN(later.SignalP50) {
		t.Errorf("later: figures without a valid sample: %+v", later.Summary)
	}
}

func TestGatherSideFigures(t *testing.T) {
	x, y := one(0, 1000), one(0, 1000)
	x.WaitCPUNS[0], y.WaitCPUNS[0] = 100, 300
	x.SignalNS[0], y.SignalNS[0] = 10, math.MaxInt64 // which is kept as it is
	s := find(t, gather(t, encode(t, planned(1, "a"), x, y, end(2, 2))).Runs[0], "a", reports.StageFirst)
	if s.WaitCPUShare != 0.1 {
		t.Errorf("share %v, want 400 of 4000 ns", s.WaitCPUShare)
	}
	if want := (10.0 + math.MaxInt64) / 2; s.SignalP50 != want {
		t.Errorf("signal %v, want %v", s.SignalP50, want)
	}
	if s.CloneP50 != 1000 || s.StartupP50 != 2000 {
		t.Errorf("clone %v, startup %v", s.CloneP50, s.StartupP50)
	}
}

func TestGatherOrder(t *testing.T) {
	head := planned(2, "slow", "none", "fast")
	other := head.Plan.Series[0]
	other.Placement = "same-cpu"
	head.Plan.Series = slices.Insert(head.Plan.Series, 1, other)
	records := []result.Record{head}
	for range 6 {
		records = append(records, one(0, 900, 5), one(1, 1, 1), one(3, 100, 800))
	}
	var got []string
	for _, s := range gather(t, encode(t, records...)).Runs[0].Series {
		got = append(got, s.Placement+" "+s.Stage+" "+s.Primitive)
	}
	want := []string{
		"cross-cpu first fast", "cross-cpu first slow", "cross-cpu first none",
		"cross-cpu later fast", "cross-cpu later slow", "cross-cpu later none",
		"same-cpu first slow", "same-cpu later slow",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestGatherProblems(t *testing.T) {
	head, line := encode(t, planned(1, "a")), encode(t, planned(1, "a"), one(0, 5), end(1, 1))
	blockAndEnd := line[len(head):]
	for name, c := range map[string]struct {
		record []byte
		want   []string // one part of each problem
	}{
		"whole":       {line, nil},
		"no end":      {head, []string{"has no end"}},
		"torn":        {append(slices.Clone(head), `{"kind":"block","round":0,"rel`...), []string{"Torn and left out: 1 line of the record, the first being line 2", "has no end"}},
		"torn, ended": {slices.Concat(head, []byte("{\"kind\":\"block\",\"round\":0,\"rel\n"), blockAndEnd), []string{"line 2"}},
		"unknown":     {slices.Concat(head, []byte("{\"kind\":\"tide\"}\n{\"kind\":\"tide\"}\n"), blockAndEnd), []string{"Passed over: 2 lines"}},
		"miscounted":  {encode(t, planned(1, "a"), one(0, 5), end(2, 8)), []string{"The end counts 8 samples in 2 blocks, the record holds 1 sample in 1 block."}},
	} {
		t.Run(name, func(t *testing.T) {
			got := gather(t, c.record).Runs[0].Problems
			if len(got) != len(c.want) {
				t.Fatalf("problems %q, want %q", got, c.want)
			}
			for i := range got {
				if !strings.Contains(got[i], c.want[i]) {
					t.Errorf("problem %q, want %q", got[i], c.want[i])
				}
			}
		})
	}
}

func TestGatherRefuses(t *testing.T) {
	head := string(encode(t, planned(1, "a")))
	for name, c := range map[string]struct {
		record string
		line   int // 0 if the error is of the record as a whole
	}{
		"empty":              {"", 0},
		"only torn":          {`{"kind":"header","sch`, 0},
		"nonsense":           {head + "\n\nlatency: low\n", 4},
		"no header":          {`{"kind":"block","round":0}` + "\n", 1},
		"series out of plan": {strings.Replace(string(encode(t, planned(1, "a"), one(0, 5))), `"series":0`, `"series":1`, 1), 2},
		"1e308":              {strings.Replace(string(encode(t, planned(1, "a"), one(0, 5))), `"release_ns":[5]`, `"release_ns":[1e308]`, 1), 2},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := reports.Gather(strings.NewReader(c.record))
			if err == nil {
				t.Fatal("no error")
			}
			var at *result.LineError
			switch {
			case c.line == 0 && !errors.Is(err, reports.ErrNoRun):
				t.Errorf("error %v, want ErrNoRun", err)
			case c.line != 0 && (!errors.As(err, &at) || at.Line != c.line):
				t.Errorf("error %v, want one of line %d", err, c.line)
			case strings.Contains(err.Error(), "\n") && c.line != 0:
				t.Errorf("error of several lines: %q", err)
			}
		})
	}
}

var errCable = errors.New("cable pulled")

// A brokenReader fails after its content.
type brokenReader struct{ rest io.Reader }

func (r brokenReader) Read(p []byte) (int, error) {
	n, err := r.rest.Read(p)
	if err == io.EOF {
		err = errCable
	}
	return n, err
}

func TestReadErrorsAreReturned(t *testing.T) {
	record := encode(t, planned(1, "a"), one(0, 5))
	broken := func() io.Reader { return brokenReader{bytes.NewReader(record)} }
	_, gatherErr := reports.Gather(broken())
	for name, err := range map[string]error{
		"Gather":   gatherErr,
		"CSV":      reports.CSV(io.Discard, broken(), nil),
		"Benchfmt": reports.Benchfmt(io.Discard, broken(), nil),
	} {
		if !errors.Is(err, errCable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A run of a million releases must be read in little memory. What is left
// after gathering is three values a sample, as measured, sorted, and sorted by
// rounds, and what was needed meanwhile is gone.
func TestGatherKeepsThreeValuesASample(t *testing.T) {
	const blocks, perBlock = 40, 5000
	head := planned(perBlock, "a")
	values := make([]int64, perBlock)
	for i := range values {
		values[i] = int64(10000 + i*7919%5000)
	}
	line := encode(t, head, one(0, values...))
	start := len(encode(t, head))
	record := io.MultiReader(bytes.NewReader(line[:start]), repeat(line[start:], blocks))

	before := heap()
	rep, err := reports.Gather(record)
	if err != nil {
		t.Fatal(err)
	}
	kept := heap() - before
	samples := find(t, rep.Runs[0], "a", reports.StageLater).Summary.N
	if want := blocks * (perBlock - 1); samples != want {
		t.Fatalf("%d samples, want %d", samples, want)
	}
	// An appended slice may hold a quarter more than it needs.
	if limit := int64(samples)*3*10 + 256<<10; kept > limit {
		t.Errorf("%d bytes for %d samples, at most %d", kept, samples, limit)
	}
	runtime.KeepAlive(rep)
}

func repeat(line []byte, n int) io.Reader {
	readers := make([]io.Reader, n)
	for i := range readers {
		readers[i] = bytes.NewReader(line)
	}
	return io.MultiReader(readers...)
}

// heap is the number of bytes in use after a collection.
func heap() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// Whatever a file holds, it is reported or refused. Nothing panics, and every
// report of what was gathered can be written.
func FuzzReports(f *testing.F) {
	var seed bytes.Buffer
	w := result.NewWriter(&seed)
	for _, rec := range []result.Record{planned(2, "pipe-eof"), one(0, -7, 0)} {
		if err := w.Write(rec); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(seed.Bytes())
	f.Add([]byte(`{"kind":"header","schema":1,"plan":{}}`))
	f.Fuzz(func(t *testing.T, record []byte) {
		rep, err := reports.Gather(bytes.NewReader(record))
		if err != nil {
			return
		}
		for name, write := range map[string]func() error{
			"table":    func() error { return reports.Table(io.Discard, rep, reports.TableOptions{Width: 60}) },
			"json":     func() error { return reports.JSON(io.Discard, rep) },
			"markdown": func() error { return reports.Markdown(io.Discard, rep) },
			"csv":      func() error { return reports.CSV(io.Discard, bytes.NewReader(record), nil) },
			"benchfmt": func() error { return reports.Benchfmt(io.Discard, bytes.NewReader(record), nil) },
		} {
			if err := write(); err != nil && !isTorn(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func ExampleGather() {
	record, err := os.Open("testdata/run.jsonl")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = record.Close() }()
	rep, err := reports.Gather(record)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range rep.Runs[0].Series[:1] {
		fmt.Println(s.Primitive, s.Placement, s.Stage, s.Summary.N, s.Summary.Min)
	}
	// Output: pipe-byte cross-cpu first 400 11510
}
