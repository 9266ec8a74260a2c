package reports_test

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

// What a record leaves out and what it spells out are one set of conditions.
func TestDefaultsAreOneCondition(t *testing.T) {
	head := planned(1, "a", "b")
	s := &head.Plan.Series[1]
	s.Children, s.Idle, s.Sched, s.LoadNice = 1, "natural", "other", 19
	var out bytes.Buffer
	if err := outputs["md"](&out, encode(t, head, one(0, 5), one(1, 6))); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "### cross-cpu, first release (cold)\n"); n != 1 {
		t.Errorf("%d tables of one set of conditions:\n%s", n, out.String())
	}
	for _, word := range []string{"natural", "sched", "children", "nice"} {
		if strings.Contains(out.String(), word) {
			t.Errorf("%s goes without saying", word)
		}
	}
}

// A title names what varies in a run and nothing else; what is shared and not
// the default stands once above all.
func TestTitlesNameWhatVaries(t *testing.T) {
	head := planned(1, "a", "a", "a", "a", "a", "a", "a", "a", "a")
	for i := range head.Plan.Series {
		head.Plan.Series[i].Sched = "fifo:10"
	}
	varied := []func(s *result.Series){
		func(s *result.Series) { s.Launcher = "vm" },
		func(s *result.Series) { s.Namespaces = nil },
		func(s *result.Series) { s.HoldNS = 0 },
		func(s *result.Series) { s.Children = 10 },
		func(s *result.Series) { s.Load, s.LoadNice = 2, 19 },
		func(s *result.Series) { s.Quota = 20 },
		func(s *result.Series) { s.Idle = "poll" },
		func(s *result.Series) { s.Placement = "same-cpu" },
	}
	for i, vary := range varied {
		vary(&head.Plan.Series[i+1])
	}
	var out bytes.Buffer
	if err := outputs["md"](&out, encode(t, head)); err != nil {
		t.Fatal(err)
	}
	const rest = "launcher clone, namespaces uts, hold 1.00us, children 1, load none, CPU quota none, idle natural"
	for _, want := range []string{
		rest, "launcher vm, namespaces uts, hold 1.00us", "launcher clone, namespaces none, hold 1.00us", "namespaces uts, hold 0ns, children 1",
		"hold 1.00us, children 10, load none", "children 1, load 2 a CPU at nice 19, CPU quota none", "load none, CPU quota 20%, idle natural", "CPU quota none, idle poll",
	} {
		if !strings.Contains(out.String(), want+", ") {
			t.Errorf("no title with %q", want)
		}
	}
	if !strings.Contains(out.String(), "### same-cpu, "+rest) {
		t.Error("no title of same-cpu")
	}
	if n := strings.Count(out.String(), "sched fifo:10"); n != 1 {
		t.Errorf("what is shared is said %d times", n)
	}
}

func TestEarlyReleasesStandApart(t *testing.T) {
	held, early, marked, impossible := one(0, 1000), one(0, 900), one(0, 800), one(0, 700)
	early.HoldNS[0], marked.HoldNS[0], impossible.HoldNS[0] = -600, -500, -701
	marked.Invalid = []result.Mark{{Sample: 0, Reason: result.ReasonEarly}}
	record := encode(t, planned(1, "a"), held, early, marked, impossible, end(4, 4))
	run := gather(t, record).Runs[0]
	if len(run.Series) != 2 || run.Series[0].Kind != reports.KindHeld || run.Series[1].Kind != reports.KindEarly {
		t.Fatalf("series %+v", run.Series)
	}
	if diff := cmp.Diff([]float64{1000}, run.Series[0].Release.Sorted()); diff != "" {
		t.Errorf("held: %s", diff)
	}
	if diff := cmp.Diff([]float64{300}, run.Series[1].Release.Sorted()); diff != "" {
		t.Errorf("early: %s", diff)
	}
	if diff := cmp.Diff(map[string]int{result.ReasonEarly: 1}, run.Series[0].Invalid); diff != "" {
		t.Errorf("held: %s", diff)
	}
	if diff := cmp.Diff(map[string]int{result.ReasonClock: 1}, run.Series[1].Invalid); diff != "" {
		t.Errorf("early: %s", diff)
	}
	if !math.IsNaN(run.Series[1].WaitCPUShare) {
		t.Errorf("no wait took a share of %v", run.Series[1].WaitCPUShare)
	}
	_, all := rows(t, record)
	var kinds []string
	for _, row := range all {
		kinds = append(kinds, row["kind"]+" "+row["valid"])
	}
	if diff := cmp.Diff([]string{"held true", "early true", "held false", "early false"}, kinds); diff != "" {
		t.Errorf("csv: %s", diff)
	}
}

// A series whose releases were all early has no empty line among the held.
func TestAllEarly(t *testing.T) {
	early := one(0, 900)
	early.HoldNS[0] = -600
	run := gather(t, encode(t, planned(1, "a", "b"), early, end(1, 1))).Runs[0]
	var got []string
	for _, s := range run.Series {
		got = append(got, s.Primitive+" "+s.Kind)
	}
	if diff := cmp.Diff([]string{"b held", "a early"}, got); diff != "" {
		t.Error(diff)
	}
}

// The columns that later versions put at the end keep their order.
func TestCSVAddsAtTheEnd(t *testing.T) {
	head, _ := rows(t, open(t, "small.jsonl"))
	want := []string{"cpu_child", "kind", "children", "load", "load_nice", "cpu_quota", "idle", "sched", "planned_hold_ns", "group"}
	at := slices.Index(head, want[0])
	if diff := cmp.Diff(want, head[at:]); diff != "" {
		t.Error(diff)
	}
}

// wall is a block of groups, each child with one latency at each stage.
func wall(series, stages int, release ...int64) *result.Block {
	b := one(series, release...)
	for i := range b.Stage {
		b.Stage[i] = int64(i%stages + 1)
	}
	return b
}

func TestFanOut(t *testing.T) {
	head := planned(2, "a")
	head.Plan.Series[0].Children = 3
	whole := wall(0, 2, 30, 3, 10, 1, 20, 2, 60, 6, 40, 4, 50, 5) // two groups, child by child
	torn := wall(0, 2, 1, 1, 1, 1)
	bad := wall(0, 2, 7, 7, 7, 7, 7, 7)
	bad.Invalid = []result.Mark{{Sample: 3, Reason: result.ReasonMoved}} // of the second stage
	early := wall(0, 2, 8, 8, 8, 8, 8, 8)
	early.HoldNS[0] = -1
	warm := wall(0, 2, 9, 9, 9, 9, 9, 9)
	warm.Warmup = true
	run := gather(t, encode(t, head, whole, torn, bad, early, warm)).Runs[0]
	first, later := find(t, run, "a", reports.StageFirst).Fan, find(t, run, "a", reports.StageLater).Fan
	for _, c := range []struct {
		name            string
		fan             *reports.Fanout
		groups, leftOut int
		least, most     [3]float64
	}{
		{"first", first, 3, 2, [3]float64{7, 7, 7}, [3]float64{40, 50, 60}},
		{"later", later, 3, 2, [3]float64{1, 2, 3}, [3]float64{8, 8, 8}},
	} {
		if c.fan.Groups != c.groups || c.fan.LeftOut != c.leftOut {
			t.Errorf("%s: %d groups and %d left out, want %d and %d", c.name, c.fan.Groups, c.fan.LeftOut, c.groups, c.leftOut)
		}
		if got := [3]float64{c.fan.First.Min, c.fan.Median.Min, c.fan.Last.Min}; got != c.least {
			t.Errorf("%s: least %v, want %v", c.name, got, c.least)
		}
		if got := [3]float64{c.fan.First.Max, c.fan.Median.Max, c.fan.Last.Max}; got != c.most {
			t.Errorf("%s: most %v, want %v", c.name, got, c.most)
		}
		if !math.IsNaN(c.fan.Last.P50) {
			t.Errorf("%s: a median of %d groups", c.name, c.fan.Groups)
		}
	}
}

// A plan of one child at a time has no groups to speak of.
func TestFanOutOnlyWhereChildrenAreTogether(t *testing.T) {
	for kind := range outputs {
		var out bytes.Buffer
		if err := outputs[kind](&out, open(t, "small.jsonl")); err != nil && !isTorn(err) {
			t.Fatal(err)
		}
		for _, word := range []string{"an-out", "fanout", "Where a child"} {
			if strings.Contains(out.String(), word) {
				t.Errorf("%s: %s", kind, word)
			}
		}
	}
}

// Along two axes at once there is no table of one.
func TestSweepsAreAlongOneAxis(t *testing.T) {
	for name, c := range map[string]struct {
		vary func(s *result.Series)
		want int
	}{
		"one":        {func(s *result.Series) { s.Load = 1 }, 1},
		"two":        {func(s *result.Series) { s.Load, s.Idle = 1, "poll" }, 0},
		"placements": {func(s *result.Series) { s.Placement = "same-cpu" }, 0},
		"no common":  {func(s *result.Series) { s.Load, s.Primitive = 1, "b" }, 0},
	} {
		head := planned(1, "a", "a")
		c.vary(&head.Plan.Series[1])
		var out bytes.Buffer
		if err := outputs["md"](&out, encode(t, head, one(0, 5), one(1, 6))); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(out.String(), "### By "); n != c.want {
			t.Errorf("%s: %d tables, want %d", name, n, c.want)
		}
	}
}

// A child may wait before the parent is back from its clone, and a time below 0 is not
// shown as one of 0.
func TestArmedAheadOfTheClone(t *testing.T) {
	records := []result.Record{planned(1, "a")}
	for range 3 {
		b := one(0, 1000)
		b.StartupNS, b.ExitNS = []int64{400}, []int64{700} // the clone took 1000
		records = append(records, b)
	}
	record := encode(t, append(records, end(3, 3))...)
	if s := gather(t, record).Runs[0].Series[0]; !s.Ahead || !math.IsNaN(s.ArmP50) {
		t.Errorf("ahead %v, to armed %v", s.Ahead, s.ArmP50)
	}
	var out bytes.Buffer
	if err := outputs["md"](&out, record); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| ahead |", "ahead: half of the children and more had armed before the clone returned to the parent."} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestGatherLives(t *testing.T) {
	x, y := one(0, 1000), one(0, 1000)
	for i, b := range []*result.Block{x, y} {
		ns := int64(i+1) * 100
		b.PrepareNS, b.ExitNS, b.ReapNS = []int64{ns}, []int64{2 * ns}, []int64{3 * ns}
		b.ThrottledNS, b.DrainNS = &ns, &ns
	}
	s := find(t, gather(t, encode(t, planned(1, "a"), x, y, end(2, 2))).Runs[0], "a", reports.StageFirst)
	got := []float64{s.PrepareP50, s.CloneP50, s.ArmP50, s.HoldP50, s.ExitP50, s.ReapP50, s.CycleP50, s.DrainP50, s.ThrottledNS, s.ThrottledShare}
	want := []float64{150, 1000, 1000, 1000, 300, 450, 3000, 150, 300, 0.05}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !math.IsNaN(s.ExecP50) || !math.IsNaN(s.CloneInterval.Lo) || s.Lives != 2 {
		t.Errorf("exec %v, interval %v, %d children", s.ExecP50, s.CloneInterval, s.Lives)
	}
}

// Whatever the width, a table of a sweep is no wider, if it can be split.
func TestSheetsFit(t *testing.T) {
	runs := axisRuns(t)
	for _, width := range []int{50, 60, 80, 100} {
		for name, record := range runs {
			var out bytes.Buffer
			if err := tabled(width)(&out, record); err != nil {
				t.Fatal(err)
			}
			for line := range strings.SplitSeq(out.String(), "\n") {
				if n := len([]rune(line)); n > width {
					t.Errorf("%s at %d: %d characters: %s", name, width, n, line)
				}
			}
		}
	}
}

// Of a sweep the verdict speaks once a placement, and of the most children.
// Across CPUs nothing can be said without a load, so that it is not spoken of.
func TestVerdictOfSweepsIsShort(t *testing.T) {
	runs := axisRuns(t)
	for name, want := range map[string][]string{
		"load":     {"On same-cpu, load none,", "On cross-cpu, load 2 a CPU at nice 19,", "4 further sets of conditions"},
		"children": {"On same-cpu, children 1,", "On cross-cpu, children 1,", "On same-cpu, children 100,", "On cross-cpu, children 100,", "2 further sets"},
		"quota":    {"On cross-cpu,"},
	} {
		got := reports.Verdict(gather(t, runs[name]).Runs[0])
		if len(got) != len(want) {
			t.Errorf("%s: %d sentences, want %d: %q", name, len(got), len(want), got)
			continue
		}
		for i := range want {
			if !strings.HasPrefix(got[i], want[i]) {
				t.Errorf("%s: %q does not begin with %q", name, got[i], want[i])
			}
		}
	}
}
