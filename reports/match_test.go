package reports_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports"
)

// runOf is a run of series of a plan, at the first stage, of which the sample is
// its place.
func runOf(series ...result.Series) reports.Run {
	run := reports.Run{}
	for i, s := range series {
		run.Series = append(run.Series, reports.Series{Series: s, Stage: reports.StageFirst, Kind: reports.KindHeld, Release: stat.NewSample([]float64{float64(i)}, nil)})
	}
	return run
}

// matched writes a matching by the places of the series: "0-1 2-0 | 1 | 2".
func matched(m reports.Matching) string {
	place := func(s reports.Series) string { return string(rune('0' + int(s.Release.Sorted()[0]))) }
	var parts []string
	for _, p := range m.Pairs {
		parts = append(parts, place(p.Old)+"-"+place(p.New))
	}
	for _, only := range [][]reports.Series{m.OldOnly, m.NewOnly} {
		parts = append(parts, "|")
		for _, s := range only {
			parts = append(parts, place(s))
		}
	}
	return strings.Join(parts, " ")
}

func TestMatch(t *testing.T) {
	series := under(usual(), "pipe-eof", "futex", "spin")
	a, b, c := series[0], series[1], series[2]
	with := func(s result.Series, edit func(*result.Series)) result.Series { edit(&s); return s }
	later := runOf(a)
	later.Series[0].Stage = reports.StageLater
	early := runOf(a)
	early.Series[0].Kind = reports.KindEarly
	tests := []struct {
		name     string
		old, now reports.Run
		want     string
	}{
		{"nothing", runOf(), runOf(), "| |"},
		{"the same", runOf(a, b, c), runOf(a, b, c), "0-0 1-1 2-2 | |"},
		{"another order", runOf(a, b, c), runOf(c, a, b), "0-1 1-2 2-0 | |"},
		{"some only in one", runOf(a, b), runOf(b, c), "1-0 | 0 | 1"},
		{"one key twice", runOf(a, a, b), runOf(b, a), "0-1 2-0 | 1 |"},
		{"another stage", runOf(a), later, "| 0 | 0"},
		{"another kind", runOf(a), early, "| 0 | 0"},
		{"the family is no axis", runOf(a), runOf(with(a, func(s *result.Series) { s.Family = "sorted anew" })), "0-0 | |"},
		{"what a record leaves out", runOf(a), runOf(with(a, func(s *result.Series) { s.Children, s.Idle, s.Sched = 1, "natural", "other" })), "0-0 | |"},
		{"the nice value of no load", runOf(a), runOf(with(a, func(s *result.Series) { s.LoadNice = 5 })), "0-0 | |"},
		{"a set in another order", runOf(a), runOf(with(a, func(s *result.Series) { slices.Reverse(s.Namespaces) })), "0-0 | |"},
	}
	for _, edit := range []func(*result.Series){
		func(s *result.Series) { s.Placement = "same-cpu" },
		func(s *result.Series) { s.Launcher = "vm" },
		func(s *result.Series) { s.Namespaces = []string{"uts"} },
		func(s *result.Series) { s.HoldNS++ },
		func(s *result.Series) { s.Children = 10 },
		func(s *result.Series) { s.Load = 1 },
		func(s *result.Series) { s.Quota = 20 },
		func(s *result.Series) { s.Idle = "poll" },
		func(s *result.Series) { s.Sched = "fifo:1" },
	} {
		other := a
		other.Namespaces = slices.Clone(a.Namespaces)
		edit(&other)
		tests = append(tests, struct {
			name     string
			old, now reports.Run
			want     string
		}{"an axis", runOf(a), runOf(other), "| 0 | 0"})
	}
	for _, test := range tests {
		if got := matched(reports.Match(test.old, test.now)); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// Whatever is matched, each series is in the matching once, pairs have one key,
// what is left has none in common, and the other way round it is the same.
func TestMatchIsWhole(t *testing.T) {
	draw := func(t *rapid.T, name string) reports.Run {
		return runOf(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) result.Series {
			s := usual()
			s.Primitive = rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "primitive")
			s.Launcher = rapid.SampledFrom([]string{"clone", "vm"}).Draw(t, "launcher")
			return s
		}), 0, 9).Draw(t, name)...)
	}
	rapid.Check(t, func(t *rapid.T) {
		old, now := draw(t, "old"), draw(t, "new")
		m, back := reports.Match(old, now), reports.Match(now, old)
		if len(m.Pairs)+len(m.OldOnly) != len(old.Series) || len(m.Pairs)+len(m.NewOnly) != len(now.Series) {
			t.Fatalf("%s of %d and %d", matched(m), len(old.Series), len(now.Series))
		}
		if len(back.Pairs) != len(m.Pairs) {
			t.Fatalf("%s, and back %s", matched(m), matched(back))
		}
		for _, p := range m.Pairs {
			if p.Key != reports.KeyOf(p.Old) || p.Key != reports.KeyOf(p.New) {
				t.Fatalf("pair of %v: %v and %v", p.Key, reports.KeyOf(p.Old), reports.KeyOf(p.New))
			}
		}
		for _, o := range m.OldOnly {
			if slices.ContainsFunc(m.NewOnly, func(n reports.Series) bool { return reports.KeyOf(n) == reports.KeyOf(o) }) {
				t.Fatalf("%v is left in both", reports.KeyOf(o))
			}
		}
	})
}

func TestApart(t *testing.T) {
	series := under(usual(), "pipe-eof", "futex")
	vm := slices.Clone(series)
	for i := range vm {
		vm[i].Launcher, vm[i].HoldNS = "vm", 1_500_000
	}
	got := reports.Match(runOf(series...), runOf(vm...)).Apart()
	want := []reports.Difference{{Name: "launcher", Was: "clone", Is: "vm"}, {Name: "hold", Was: "200us", Is: "1.5ms"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s := want[0].String(); s != "launcher: was clone, is vm" {
		t.Error(s)
	}
	if got := reports.Match(runOf(series...), runOf(series[0])).Apart(); got != nil {
		t.Errorf("%v, though one run has all of the other", got)
	}
}

func TestKeyInWords(t *testing.T) {
	got := reports.KeyOf(runOf(under(usual(), "pipe-eof")...).Series[0]).String()
	if want := "pipe-eof, cross-cpu, launcher clone, namespaces uts+ipc, hold 200us, first release (cold)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, s := range gather(t, hostile(t)).Runs[0].Series {
		for _, r := range reports.KeyOf(s).String() {
			if !unicode.IsPrint(r) {
				t.Fatalf("%U came through", r)
			}
		}
	}
}
