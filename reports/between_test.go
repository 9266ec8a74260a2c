package reports_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports"
)

// A sampled series is so many samples around a median.
type sampled struct {
	primitive string
	median    int64 // ns
	samples   int   // in 50 rounds
}

// draw makes the record of a run of series, which are under the usual conditions.
func draw(t *testing.T, seed uint64, edit func(*result.Header), series ...sampled) reports.Run {
	t.Helper()
	const rounds = 50
	w := world{rand.New(rand.NewPCG(seed, 1))}
	head := planned(1)
	head.Seed, head.Started = seed, head.Started.Add(time.Duration(seed)*time.Hour)
	head.Plan.Warmup = 0
	for _, d := range series {
		s := usual()
		s.Primitive, s.Family, s.Blocking = d.primitive, "other", true
		head.Plan.Series = append(head.Plan.Series, s)
	}
	if edit != nil {
		edit(head)
	}
	records, samples := []result.Record{head}, 0
	for round := range rounds {
		for place, d := range series {
			b := &result.Block{Round: round, Place: place, Series: place}
			for range d.samples / rounds {
				add(b, w.near(d.median))
			}
			samples += len(b.ReleaseNS)
			records = append(records, b)
		}
	}
	return gather(t, encode(t, append(records, end(rounds*len(series), samples))...)).Runs[0]
}

// add appends a child that was released once.
func add(b *result.Block, release int64) {
	for column, ns := range map[*[]int64]int64{
		&b.Stage: 1, &b.HoldNS: 200_000, &b.ReleaseNS: release, &b.SignalNS: 900, &b.WaitCPUNS: 4000, &b.Voluntary: 1, &b.Involuntary: 0,
		&b.ParentCPU: 0, &b.ChildCPU: 1, &b.CloneNS: 70_000, &b.StartupNS: 90_000, &b.CycleNS: 400_000,
	} {
		*column = append(*column, ns)
	}
}

func changesOf(t *testing.T, old, now reports.Run, bounds ...string) *reports.Changes {
	t.Helper()
	parsed := make([]reports.Bound, len(bounds))
	for i, text := range bounds {
		parsed[i] = bound(t, text)
	}
	c, err := reports.Between(old, now, 0.02, parsed)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func bound(t *testing.T, text string) reports.Bound {
	t.Helper()
	b, err := reports.ParseBound(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// verdicts are those of a series at each quantile.
func verdicts(c *reports.Changes, primitive string) (all []stat.Verdict) {
	for _, one := range c.Series {
		if one.Old.Primitive == primitive {
			for _, r := range one.Ratios {
				all = append(all, r.Verdict(c.Threshold))
			}
		}
	}
	return all
}

func before(t *testing.T) reports.Run {
	return draw(t, 1, nil, sampled{"pipe-eof", 20_000, 3000}, sampled{"futex", 15_000, 3000}, sampled{"eventfd", 18_000, 3000}, sampled{"spin", 140, 200}, sampled{"sigwait", 21_000, 100})
}

// after is the same on another kernel: pipe-eof has become slower, eventfd faster,
// and sigwait is another.
func after(t *testing.T) reports.Run {
	return draw(t, 2, func(h *result.Header) {
		h.Environment.Kernel = "6.19.1 #1 SMP PREEMPT_DYNAMIC"
		h.Plan.Series[4].HoldNS = 1_000_000
	}, sampled{"pipe-eof", 26_000, 3000}, sampled{"futex", 15_000, 3000}, sampled{"eventfd", 14_000, 3000}, sampled{"spin", 140, 200}, sampled{"sigwait", 21_000, 100})
}

func TestBetween(t *testing.T) {
	c := changesOf(t, before(t), after(t), "p75>50%", "p50>1%")
	if want := []float64{0.5, 0.75, 0.9, 0.99, 0.999}; !slices.Equal(c.Quantiles, want) {
		t.Errorf("quantiles %v, want %v", c.Quantiles, want)
	}
	const slower, faster, same, unsure = stat.Slower, stat.Faster, stat.Same, stat.Inconclusive
	for primitive, want := range map[string][]stat.Verdict{
		"pipe-eof": {slower, slower, slower, unsure, unsure},
		"futex":    {same, same, unsure, unsure, unsure},
		"eventfd":  {faster, faster, faster, unsure, unsure},
		"spin":     {unsure, unsure, unsure, unsure, unsure},
	} {
		if got := verdicts(c, primitive); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", primitive, got, want)
		}
	}
	if len(c.Series) != 4 || len(c.OldOnly) != 1 || len(c.NewOnly) != 1 {
		t.Errorf("%d pairs, %d and %d without", len(c.Series), len(c.OldOnly), len(c.NewOnly))
	}
	if want := []reports.Difference{{Name: "hold", Was: "200us", Is: "1ms"}}; !cmp.Equal(c.Apart, want) {
		t.Errorf("apart by %v, want %v", c.Apart, want)
	}
	if len(c.Differences) != 1 || c.Differences[0].Name != "kernel" {
		t.Errorf("differences %v, want the kernel", c.Differences)
	}
	// The doubt is shared by the series that are in both runs, and by nothing else.
	want := stat.RatioOf(c.Series[0].New.Release, c.Series[0].Old.Release, 0.5, 1-0.05/4)
	if got := c.Series[0].Ratios[0]; got != want {
		t.Errorf("ratio %v, want %v", got, want)
	}
}

func TestBetweenFindsNoPair(t *testing.T) {
	old := draw(t, 1, nil, sampled{"pipe-eof", 5000, 50}, sampled{"futex", 5000, 50})
	for name, test := range map[string]struct {
		edit func(*result.Header)
		want string
	}{
		"an axis": {func(h *result.Header) { h.Plan.Series[0].Launcher = "vm" }, "no series is in both runs; launcher: was clone, is vm"},
		"two axes": {func(h *result.Header) { h.Plan.Series[0].Placement, h.Plan.Series[0].Load = "same-cpu", 2 },
			"no series is in both runs; placement: was cross-cpu, is same-cpu; load: was 0, is 2"},
		"a primitive": {func(h *result.Header) { h.Plan.Series[0].Primitive = "flock" }, "no series is in both runs; primitive: was pipe-eof, futex, is flock"},
	} {
		_, err := reports.Between(old, draw(t, 2, test.edit, sampled{"futex", 5000, 50}), 0.02, nil)
		if _, ok := errors.AsType[*reports.NoPairError](err); !ok || err.Error() != test.want {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
	crossed := draw(t, 3, func(h *result.Header) { h.Plan.Series[0].Launcher = "vm" }, sampled{"pipe-eof", 5000, 50}, sampled{"futex", 5000, 50})
	swapped := draw(t, 4, func(h *result.Header) { h.Plan.Series[1].Launcher = "vm" }, sampled{"pipe-eof", 5000, 50}, sampled{"futex", 5000, 50})
	_, err := reports.Between(crossed, swapped, 0.02, nil)
	if want := "no series is in both runs: none agrees with one of the other in all of its axes"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if _, err := reports.Between(old, old, 0.02, []reports.Bound{{Quantile: 1.5}}); err == nil {
		t.Error("a bound on p150 is none")
	}
}

// A run does not differ from itself, and no bound is broken, whatever it is.
func TestBetweenARunAndItself(t *testing.T) {
	run := before(t)
	rapid.Check(t, func(r *rapid.T) {
		b := reports.Bound{Quantile: rapid.Float64Range(0.001, 0.999).Draw(r, "quantile"), Share: rapid.Float64Range(0, 0.5).Draw(r, "share"), Faster: rapid.Bool().Draw(r, "faster")}
		c, err := reports.Between(run, run, rapid.Float64Range(0, 0.5).Draw(r, "threshold"), []reports.Bound{b})
		if err != nil {
			r.Fatal(err)
		}
		for _, one := range c.Series {
			for _, ratio := range one.Ratios {
				if v := ratio.Verdict(c.Threshold); ratio.Ratio != 1 || v != stat.Same && v != stat.Inconclusive {
					r.Fatalf("%v: p%g is %v times: %s", one.Key, 100*ratio.Q, ratio.Ratio, v)
				}
			}
		}
		if broken := c.Broken(); broken != nil {
			r.Fatal(broken)
		}
	})
	if out := table(t, changesOf(t, run, run), 0); !strings.Contains(out, "same run") {
		t.Error("nobody is told that it is one run")
	}
}

// The other way round every ratio is the inverse, and slower is faster.
func TestBetweenTheOtherWayRound(t *testing.T) {
	old, now := before(t), after(t)
	there, back := changesOf(t, old, now), changesOf(t, now, old)
	inverse := map[stat.Verdict]stat.Verdict{stat.Slower: stat.Faster, stat.Faster: stat.Slower, stat.Same: stat.Same, stat.Inconclusive: stat.Inconclusive}
	near := func(a, b float64) bool { return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a/b-1) < 1e-9 }
	for _, one := range there.Series {
		at := slices.IndexFunc(back.Series, func(c reports.Change) bool { return c.Key == one.Key })
		for k, r := range one.Ratios {
			other := back.Series[at].Ratios[k]
			if !near(r.Ratio, 1/other.Ratio) || !near(r.Interval.Lo, 1/other.Interval.Hi) || !near(r.Interval.Hi, 1/other.Interval.Lo) {
				t.Errorf("%v: %v and back %v", one.Key, r, other)
			}
			if v := r.Verdict(0.02); inverse[v] != other.Verdict(0.02) {
				t.Errorf("%v: %s and back %s", one.Key, v, other.Verdict(0.02))
			}
		}
	}
}

// Of children that were released together the last of each group is compared.
func TestBetweenGroupsOfChildren(t *testing.T) {
	run := gather(t, axisRuns(t)["children"]).Runs[0]
	var out bytes.Buffer
	if err := changesOf(t, run, run).JSON(&out); err != nil {
		t.Fatal(err)
	}
	var value struct {
		Series []struct {
			Children int
			Of       string
			Old      struct{ N int }
		}
	}
	if err := json.Unmarshal(out.Bytes(), &value); err != nil {
		t.Fatal(err)
	}
	for i, s := range value.Series {
		of, n := "each", run.Series[i].Summary.N
		if s.Children > 1 {
			of, n = "last", run.Series[i].Fan.Last.N
		}
		if s.Of != of || s.Old.N != n {
			t.Errorf("of %d children: %s of %d, want %s of %d", s.Children, s.Of, s.Old.N, of, n)
		}
	}
}

func table(t *testing.T, c *reports.Changes, width int) string {
	t.Helper()
	var out strings.Builder
	if err := c.Table(&out, reports.TableOptions{Width: width}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// changesOutputs are what is written of changes, by the ends of their goldens' names.
var changesOutputs = map[string]func(*reports.Changes, *bytes.Buffer) error{
	"table.txt":    func(c *reports.Changes, w *bytes.Buffer) error { return c.Table(w, reports.TableOptions{}) },
	"table-80.txt": func(c *reports.Changes, w *bytes.Buffer) error { return c.Table(w, reports.TableOptions{Width: 80}) },
	"table-40.txt": func(c *reports.Changes, w *bytes.Buffer) error { return c.Table(w, reports.TableOptions{Width: 40}) },
	"md":           func(c *reports.Changes, w *bytes.Buffer) error { return c.Markdown(w) },
	"json":         func(c *reports.Changes, w *bytes.Buffer) error { return c.JSON(w) },
}

func TestGoldenOfChanges(t *testing.T) {
	c := changesOf(t, before(t), after(t), "p50>10%", "p90>29%", "p99.9>1%", "p50<-5%")
	for kind, write := range changesOutputs {
		t.Run(kind, func(t *testing.T) {
			var out bytes.Buffer
			if err := write(c, &out); err != nil {
				t.Fatal(err)
			}
			golden(t, "changes."+kind, out.Bytes())
		})
	}
}

// A run that is too short for a median leaves the columns of the median, and says
// how long it would have to be.
func TestChangesWithoutAMedian(t *testing.T) {
	c := changesOf(t, before(t), draw(t, 2, nil, sampled{"pipe-eof", 20_000, 0}, sampled{"futex", 15_000, 0}))
	out := table(t, c, 0)
	for _, want := range []string{
		"primitive           n               p50 old  p50 new  p50 new/old\n",
		"pipe-eof   3,000 -> 0  20.0us (19.9-20.2us)        -            -\n",
		"New: Nothing was measured: futex, pipe-eof.\n", "too few valid samples for an interval: p50 needs 7 in each run, ", "\np50: 2 without an interval.\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

// A self check of either run, and what is wrong with a record, is told of.
func TestChangesTellOfTheRuns(t *testing.T) {
	old := gather(t, lived(t, 40, result.Plan{Stages: 1, Block: 10, Baseline: "pipe-eof", Threshold: 0.02, Series: func() []result.Series {
		all := under(usual(), "pipe-eof", "pipe-eof", "futex")
		all[1].SelfCheck = true
		return all
	}()})).Runs[0]
	now := old
	now.End, now.Problems = nil, []string{"The record has no end."}
	c := changesOf(t, old, now)
	for kind, write := range changesOutputs {
		var out bytes.Buffer
		if err := write(c, &out); err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(out.String()), " ")
		for _, want := range map[bool][]string{
			false: {"Old, cross-cpu, first release (cold). Self check: pipe-eof against itself", "New, cross-cpu", "new: The record has no end."},
			true:  {`"self_checks": [ { "run": "old", "primitive": "pipe-eof (again)"`, `"problems": [ "The record has no end." ]`},
		}[kind == "json"] {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q", kind, want)
			}
		}
	}
}

// Nothing of a record takes hold of a terminal or of a page.
func TestHostileChanges(t *testing.T) {
	run := gather(t, hostile(t)).Runs[0]
	other := run
	other.Header.Environment.Kernel, other.Header.Version = evil+"2", "2"+evil
	other.Series = run.Series[2:]
	run.Series = run.Series[:len(run.Series)-2]
	c := changesOf(t, run, other, "p50>0%", "p50<-1%", "p99>1%")
	outside := regexp.MustCompile("`[^`\n]*`")
	for kind, write := range changesOutputs {
		var out bytes.Buffer
		if err := write(c, &out); err != nil {
			t.Fatal(err)
		}
		for _, r := range out.String() {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Errorf("%s: %U came through", kind, r)
				break
			}
		}
		if kind != "json" && out.Len() > 100<<10 {
			t.Errorf("%s: %d bytes", kind, out.Len())
		}
		for line := range strings.SplitSeq(out.String(), "\n") {
			if n := len([]rune(line)); kind == "table-80.txt" && n > 80 {
				t.Errorf("%d characters: %s", n, line)
			}
		}
		for _, markup := range []string{"<script", "<img", "<style", "](", "![", "http://", "\n# "} {
			if kind == "md" && strings.Contains(outside.ReplaceAllString(out.String(), "CODE"), markup) {
				t.Errorf("%q stands outside of code", markup)
			}
		}
	}
	for _, line := range slices.Concat(c.Broken(), c.Unsure()) {
		if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%q", line)
		}
	}
}
