package reports_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

// elsewhere is a record as another host would have made it: its header is edited,
// its releases are so many times as long by the name of their primitive, and
// primitives without a number are left out of its plan.
func elsewhere(t *testing.T, record []byte, edit func(*result.Header), times map[string]float64) []byte {
	t.Helper()
	var out []result.Record
	var places []int // of the series in the edited plan, below 0 for none
	var factors []float64
	blocks, samples := 0, 0
	for r := result.NewReader(bytes.NewReader(record)); ; {
		line, err := r.Next()
		if errors.Is(err, io.EOF) {
			return encode(t, out...)
		}
		if err != nil {
			t.Fatal(err)
		}
		switch line := line.(type) {
		case *result.Header:
			var kept []result.Series
			for _, s := range line.Plan.Series {
				factor, ok := times[s.Primitive]
				places, factors = append(places, -1), append(factors, factor)
				if ok {
					places[len(places)-1] = len(kept)
					kept = append(kept, s)
				}
			}
			line.Plan.Series = kept
			edit(line)
		case *result.Block:
			factor := factors[line.Series]
			if line.Series = places[line.Series]; line.Series < 0 {
				continue
			}
			for i, ns := range line.ReleaseNS {
				line.ReleaseNS[i] = int64(math.Round(float64(ns) * factor))
			}
			blocks, samples = blocks+1, samples+len(line.ReleaseNS)
		case *result.End:
			line.Blocks, line.Samples = blocks, samples
		}
		out = append(out, line)
	}
}

// second is the record of another host: half as fast in all, futex yet slower, sigwait
// not in its plan.
func second(t *testing.T) []byte {
	times := map[string]float64{"pipe-eof": 2, "pipe-byte": 2, "eventfd": 2, "futex": 4, "spin": 2, "spin-yield": 2, "unix-stream": 2}
	return elsewhere(t, open(t, "run.jsonl"), func(h *result.Header) {
		e := &h.Environment
		e.Host, e.CPU, e.VM, e.IdleDriver, e.IdlePolicy = "metal", "Ampere Altra Max M128-30, a name that has to be wrapped", "", "none", ""
		e.Disturbances = e.Disturbances[2:]
		h.Seed, h.Started, h.Clock.NullNS = 7, h.Started.Add(48*time.Hour), 70
	}, times)
}

// renamed is a record of all primitives as they are, of another host.
func renamed(t *testing.T, edit func(*result.Header)) []byte {
	times := make(map[string]float64)
	for _, b := range behaviours {
		times[b.primitive] = 1
	}
	return elsewhere(t, open(t, "run.jsonl"), edit, times)
}

func TestGoldenOfHosts(t *testing.T) {
	record := slices.Concat(open(t, "run.jsonl"), second(t))
	for _, kind := range []string{"table-120.txt", "table-60.txt", "md", "json"} {
		t.Run(kind, func(t *testing.T) {
			var out bytes.Buffer
			if err := outputs[kind](&out, record); err != nil {
				t.Fatal(err)
			}
			golden(t, "hosts."+kind, out.Bytes())
		})
	}
}

// sideBySide is what JSON has of the hosts.
type sideBySide struct {
	Series []struct {
		Run       int
		Primitive string
		P50       *float64 `json:"p50_ns"`
	}
	Hosts *struct {
		Labels      []string
		Original    []int
		Differences []struct {
			Name   string
			Values []string
		}
		Sets []struct {
			Title      string
			Runs       []int
			Primitives []struct {
				Primitive string
				Figures   []struct {
					Run           int
					Series        *int
					Ratio, Lo, Hi *float64
					Verdict       string
				}
			}
			Agreement []struct {
				Runs []int
				Tau  *float64 `json:"kendall_tau_b"`
			}
		}
		Unmatched []struct{ Run int }
		Verdict   []string
	}
}

func besides(t interface {
	Helper()
	Fatal(...any)
}, rep *reports.Report) sideBySide {
	t.Helper()
	var out bytes.Buffer
	if err := reports.JSON(&out, rep); err != nil {
		t.Fatal(err)
	}
	var value sideBySide
	if err := json.Unmarshal(out.Bytes(), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestHosts(t *testing.T) {
	value := besides(t, gather(t, slices.Concat(open(t, "run.jsonl"), second(t))))
	if want := []string{"bench-one", "metal"}; !slices.Equal(value.Hosts.Labels, want) {
		t.Errorf("labels %q, want %q", value.Hosts.Labels, want)
	}
	if len(value.Hosts.Sets) != 2 {
		t.Fatalf("%d sets, want the first releases and the later ones", len(value.Hosts.Sets))
	}
	for _, s := range value.Hosts.Sets {
		for _, p := range s.Primitives {
			own, other := p.Figures[0], p.Figures[1]
			if own.Ratio != nil {
				t.Errorf("%s: the first host has a ratio to itself", p.Primitive)
			}
			for _, f := range p.Figures {
				if f.Series != nil && (value.Series[*f.Series].Run != f.Run || value.Series[*f.Series].Primitive != p.Primitive) {
					t.Errorf("%s: series %d is another", p.Primitive, *f.Series)
				}
			}
			want := 2.0
			switch p.Primitive {
			case "sigwait":
				if other.Series != nil || other.Ratio != nil {
					t.Error("sigwait is on a host that does not have it")
				}
				continue
			case "futex":
				want = 4
			}
			if other.Ratio == nil || math.Abs(*other.Ratio/want-1) > 0.01 || *other.Lo > want || *other.Hi < want || other.Verdict != "slower" {
				t.Errorf("%s: %v, want %v", p.Primitive, other, want)
			}
		}
		// Seven primitives; on the second host futex is behind the five others that block.
		if a := s.Agreement[0]; a.Tau == nil || *a.Tau >= 0.9 || *a.Tau <= 0 {
			t.Errorf("%s: agreement %v", s.Title, a)
		}
	}
	if n := len(value.Hosts.Verdict); n == 0 || n > 3 {
		t.Errorf("verdict of %d sentences", n)
	}
	for _, want := range []string{"slower than the fastest other blocking primitive on 2 of 2 hosts (bench-one: futex takes 0.7", "metal: eventfd takes 0.9", "2.00 times (", "pipe-eof with futex"} {
		if text := strings.Join(value.Hosts.Verdict, " "); !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
}

// One run has nothing beside it, and a report of it is as it was.
func TestOneRunIsNoHosts(t *testing.T) {
	if value := besides(t, gather(t, open(t, "run.jsonl"))); value.Hosts != nil {
		t.Error("one run has hosts")
	}
}

// What a primitive has on its host does not depend on the order of the hosts.
func TestHostsInAnyOrder(t *testing.T) {
	third := renamed(t, func(h *result.Header) { h.Environment.Host, h.Seed = "third", 9 })
	runs := gather(t, slices.Concat(open(t, "run.jsonl"), second(t), third)).Runs
	type key struct{ host, set, primitive string }
	figures := func(t *rapid.T, order []int) map[key]float64 {
		rep := &reports.Report{}
		for _, i := range order {
			rep.Runs = append(rep.Runs, runs[i])
		}
		value := besides(t, rep)
		all := make(map[key]float64)
		for _, s := range value.Hosts.Sets {
			for _, p := range s.Primitives {
				for _, f := range p.Figures {
					if f.Series != nil && value.Series[*f.Series].P50 != nil {
						all[key{value.Hosts.Labels[f.Run], s.Title, p.Primitive}] = *value.Series[*f.Series].P50
					}
				}
			}
			for _, a := range s.Agreement {
				pair := []string{value.Hosts.Labels[a.Runs[0]], value.Hosts.Labels[a.Runs[1]]}
				slices.Sort(pair)
				all[key{strings.Join(pair, " "), s.Title, "tau-b"}] = math.Round(*a.Tau*1e9) / 1e9
			}
		}
		return all
	}
	rapid.Check(t, func(r *rapid.T) {
		want := figures(r, []int{0, 1, 2})
		order := rapid.Permutation([]int{0, 1, 2}).Draw(r, "order")
		got := figures(r, order)
		if len(want) != len(got) {
			r.Fatalf("%d figures in one order, %d in the order %v", len(want), len(got), order)
		}
		for k, v := range want {
			if got[k] != v {
				r.Fatalf("%v is %v, in the order %v %v", k, v, order, got[k])
			}
		}
	})
}

// Equal hosts are not told apart, and their orders agree.
func TestEqualHosts(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		seeds := rapid.SliceOfNDistinct(rapid.Uint64Range(1, 1<<20), 2, 2, rapid.ID[uint64]).Draw(r, "seeds")
		rep := &reports.Report{}
		for i, seed := range seeds {
			rep.Runs = append(rep.Runs, draw(t, seed, func(h *result.Header) { h.Environment.Host = fmt.Sprintf("host-%d", i) },
				sampled{"pipe-eof", 20_000, 500}, sampled{"futex", 15_000, 500}, sampled{"eventfd", 18_000, 500}))
		}
		same := &reports.Report{Runs: []reports.Run{rep.Runs[0], rep.Runs[0]}}
		same.Runs[1].Header.Environment.Host = "other"
		for _, s := range besides(r, same).Hosts.Sets {
			for _, p := range s.Primitives {
				if f := p.Figures[1]; *f.Ratio != 1 || *f.Lo > 1 || *f.Hi < 1 {
					r.Fatalf("%s: %v", p.Primitive, f)
				}
			}
			if *s.Agreement[0].Tau < 1-1e-9 {
				r.Fatalf("agreement %v", *s.Agreement[0].Tau)
			}
		}
		for _, s := range besides(r, rep).Hosts.Sets {
			for _, p := range s.Primitives {
				// 95 % of such pairs have 1 in all intervals; a thousandth beside it is as good.
				if f := p.Figures[1]; *f.Lo > 1.03 || *f.Hi < 0.97 {
					r.Fatalf("%s: %v to %v", p.Primitive, *f.Lo, *f.Hi)
				}
			}
		}
	})
}

// Labels are short, no two are alike, and they say what tells the runs apart.
func TestHostLabels(t *testing.T) {
	run := gather(t, encode(t, planned(1, "a"), one(0, 5), end(1, 1))).Runs[0]
	with := func(host, kernel string, hours int) reports.Run {
		r := run
		r.Header.Environment.Host, r.Header.Environment.Kernel = host, kernel
		r.Header.Started = r.Header.Started.Add(time.Duration(hours) * time.Hour)
		return r
	}
	tests := []struct {
		runs []reports.Run
		want []string
	}{
		{[]reports.Run{with("a", "6.1 x", 0), with("b", "6.1 x", 0)}, []string{"a", "b"}},
		{[]reports.Run{with("a", "6.1 x", 0), with("a", "6.2 x", 0), with("b", "6.1 x", 0)}, []string{"a 6.1", "a 6.2", "b"}},
		{[]reports.Run{with("a", "6.1 x", 0), with("a", "6.1 y", 2)}, []string{"a 03-14 15:09", "a 03-14 17:09"}},
		{[]reports.Run{with("a", "6.1 x", 0), with("b", "", 0), with("a", "6.1 x", 0)}, []string{"a run 1", "b", "a run 3"}},
		{[]reports.Run{with("", "6.1", 0), with("", "", 0)}, []string{"unknown 6.1", "unknown unknown"}},
		{[]reports.Run{with("a", "1", 0), with("a", "2", 0), with("a 1", "1", 0)}, []string{"run 1", "run 2", "run 3"}},
		{[]reports.Run{with("node-0123456789-a", "1", 0), with("node-0123456789-b", "2", 0)}, []string{"node-01234567... 1", "node-01234567... 2"}},
	}
	for _, test := range tests {
		if got := besides(t, &reports.Report{Runs: test.runs}).Hosts.Labels; !slices.Equal(got, test.want) {
			t.Errorf("labels %q, want %q", got, test.want)
		}
	}
}

// A run that is read twice is no second host.
func TestTheSameRunTwice(t *testing.T) {
	rep := gather(t, slices.Repeat(open(t, "run.jsonl"), 2))
	value := besides(t, rep)
	if !slices.Equal(value.Hosts.Original, []int{0, 0}) {
		t.Errorf("original %v", value.Hosts.Original)
	}
	if want := "All records are of the same run, which tells nothing of two runs."; !slices.Equal(value.Hosts.Verdict, []string{want}) {
		t.Errorf("verdict %q", value.Hosts.Verdict)
	}
	if out := tableOf(t, rep); !strings.Contains(out, "bench-one run 1 and bench-one run 2 are the same run") {
		t.Error("nobody is told that it is one run")
	}
	// Beside a third it counts once.
	value = besides(t, gather(t, slices.Concat(slices.Repeat(open(t, "run.jsonl"), 2), second(t))))
	if text := strings.Join(value.Hosts.Verdict, " "); !strings.Contains(text, "on 2 of 2 runs") {
		t.Errorf("verdict %s", text)
	}
}

// What runs do not share is told, with what keeps them apart.
func TestHostsApart(t *testing.T) {
	vm := renamed(t, func(h *result.Header) {
		h.Environment.Host = "other"
		for i := range h.Plan.Series {
			h.Plan.Series[i].Launcher = "vm"
		}
	})
	rep := gather(t, slices.Concat(open(t, "run.jsonl"), vm))
	value := besides(t, rep)
	if len(value.Hosts.Sets) != 0 || len(value.Hosts.Unmatched) != 2 || len(value.Hosts.Verdict) != 1 {
		t.Errorf("%d sets, %d unmatched, verdict %q", len(value.Hosts.Sets), len(value.Hosts.Unmatched), value.Hosts.Verdict)
	}
	for kind, write := range outputs {
		if strings.HasPrefix(kind, "table") || kind == "md" || kind == "html" {
			var out bytes.Buffer
			if err := write(&out, slices.Concat(open(t, "run.jsonl"), vm)); err != nil {
				t.Fatal(err)
			}
			text := strings.Join(strings.Fields(out.String()), " ")
			for _, want := range []string{"launcher: clone on bench-one, vm on other", "so nothing is compared between them"} {
				if !strings.Contains(text, want) {
					t.Errorf("%s does not say %q", kind, want)
				}
			}
		}
	}
}

// The order in which a plan writes its namespaces makes no other conditions.
func TestHostsTakeNamespacesForASet(t *testing.T) {
	other := renamed(t, func(h *result.Header) {
		h.Environment.Host = "other"
		for i := range h.Plan.Series {
			h.Plan.Series[i].Namespaces = []string{"ipc", "uts"}
		}
	})
	if n := len(besides(t, gather(t, slices.Concat(open(t, "run.jsonl"), other))).Hosts.Sets); n != 2 {
		t.Errorf("%d sets", n)
	}
}

// Multiples of two baselines are not held against each other.
func TestHostsWithTwoBaselines(t *testing.T) {
	rep := gather(t, slices.Concat(open(t, "run.jsonl"), second(t)))
	other := &reports.Report{Runs: rep.Runs[1:]}
	other.Compare("futex", 0.5)
	rep.Runs[1] = other.Runs[0]
	value := besides(t, rep)
	if text := strings.Join(value.Hosts.Verdict, " "); strings.Contains(text, "tau") || strings.Contains(text, "told") {
		t.Errorf("verdict %s", text)
	}
	out := tableOf(t, rep)
	for _, want := range []string{"x pipe-eof bench-one", "x futex metal", "baseline pipe-eof futex", "x are not of one baseline, and cannot be compared with each other: bench-one with pipe-eof, metal with futex.", "thresholds that differ: bench-one 2.0%, metal 50%."} {
		if !strings.Contains(out, want) {
			t.Errorf("does not say %q: %s", want, out[:3000])
		}
	}
}

// The groups of children that are released together are compared by their last.
func TestHostsOfGroups(t *testing.T) {
	record := axisRuns(t)["children"]
	rep := gather(t, slices.Repeat(record, 2))
	rep.Runs[1].Header.Environment.Host, rep.Runs[1].Header.Seed = "other", 1
	if out := tableOf(t, rep); !strings.Contains(out, "are of the last of ") {
		t.Error("nobody is told of what the figures are")
	}
}

// Nothing of a record takes hold of a terminal or of a page.
func TestHostileHosts(t *testing.T) {
	other := gather(t, hostile(t))
	other.Runs[0].Header.Environment.Host += "2"
	other.Runs[0].Header.Seed = 3
	rep := &reports.Report{Runs: append(gather(t, hostile(t)).Runs, other.Runs[0])}
	outside := regexp.MustCompile("`[^`\n]*`")
	for kind, write := range map[string]func(io.Writer, *reports.Report) error{
		"60": func(w io.Writer, rep *reports.Report) error {
			return reports.Table(w, rep, reports.TableOptions{Width: 60})
		},
		"80": func(w io.Writer, rep *reports.Report) error {
			return reports.Table(w, rep, reports.TableOptions{Width: 80})
		},
		"md":   reports.Markdown,
		"json": reports.JSON,
	} {
		var out bytes.Buffer
		if err := write(&out, rep); err != nil {
			t.Fatal(err)
		}
		for _, r := range out.String() {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Errorf("%s: %U came through", kind, r)
				break
			}
		}
		for line := range strings.SplitSeq(out.String(), "\n") {
			if n := len([]rune(line)); kind == "60" && n > 60 || kind == "80" && n > 80 {
				t.Errorf("%s: %d characters: %s", kind, n, line)
			}
		}
		for _, markup := range []string{"<script", "<img", "<style", "](", "![", "http://", "\n# "} {
			if kind == "md" && strings.Contains(outside.ReplaceAllString(out.String(), "CODE"), markup) {
				t.Errorf("%q stands outside of code", markup)
			}
		}
	}
}
