package reports_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

// varied is a record whose series differ in everything, of two stages each and
// with early releases.
func varied(t *testing.T) []byte {
	t.Helper()
	head := planned(2, "a", "a", "b")
	for i := range head.Plan.Series {
		head.Plan.Series[i].HoldNS = 200_000
	}
	other := &head.Plan.Series[1]
	other.Placement, other.Launcher, other.Namespaces, other.HoldNS = "same-cpu", "vm", []string{"uts", "ipc", "net"}, 0
	other.Load, other.LoadNice, other.Quota, other.Idle, other.Sched = 2, 10, 20, "poll", "fifo:10"
	records := []result.Record{head}
	for i := range head.Plan.Series {
		b := one(i, int64(100*i+1), int64(100*i+2), int64(100*i+3))
		b.Stage, b.HoldNS[2] = []int64{1, 2, 1}, -1
		records = append(records, b)
	}
	return encode(t, append(records, end(3, 9))...)
}

func TestSelection(t *testing.T) {
	record := varied(t)
	tests := []struct {
		sel  reports.Selection
		want string // the latencies of the samples, as the csv has them
	}{
		{nil, "1 2 3 101 102 103 201 202 203"},
		{reports.Selection{}, "1 2 3 101 102 103 201 202 203"},
		{reports.Selection{"primitive": {"a"}}, "1 2 3 101 102 103"},
		{reports.Selection{"primitive": {"a", "b"}, "stage": {"later"}}, "2 102 202"},
		{reports.Selection{"kind": {"early"}}, "3 103 203"},
		{reports.Selection{"placement": {"same-cpu"}, "kind": {"held"}}, "101 102"},
		{reports.Selection{"launcher": {"vm"}}, "101 102 103"},
		{reports.Selection{"namespaces": {"net,uts,ipc"}}, "101 102 103"},
		{reports.Selection{"namespaces": {"uts+ipc+net"}}, "101 102 103"},
		{reports.Selection{"hold": {"0.2ms"}, "stage": {"first"}, "kind": {"held"}}, "1 201"},
		{reports.Selection{"hold": {"0"}}, "101 102 103"},
		{reports.Selection{"load": {"2:10"}}, "101 102 103"},
		{reports.Selection{"load": {"0"}, "primitive": {"a"}}, "1 2 3"},
		{reports.Selection{"cpu-quota": {"20%"}}, "101 102 103"},
		{reports.Selection{"cpu-quota": {"none"}, "idle": {"natural"}, "sched": {"other"}, "children": {"1"}, "primitive": {"b"}}, "201 202 203"},
	}
	for _, test := range tests {
		if got := latenciesOf(t, record, test.sel); got != test.want {
			t.Errorf("%v: %s, want %s", test.sel, got, test.want)
		}
		rep, err := test.sel.Of(gather(t, record))
		if err != nil {
			t.Errorf("%v: %v", test.sel, err)
			continue
		}
		n := 0
		for _, s := range rep.Runs[0].Series {
			n += s.Summary.N
		}
		if n != len(strings.Fields(test.want)) {
			t.Errorf("%v: a report of %d samples, want those of %s", test.sel, n, test.want)
		}
	}
}

func latenciesOf(t *testing.T, record []byte, sel reports.Selection) string {
	t.Helper()
	var out bytes.Buffer
	if err := reports.CSV(&out, bytes.NewReader(record), sel); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n")[1:] {
		all = append(all, strings.Split(line, ",")[7])
	}
	return strings.Join(all, " ")
}

// What is listed can be asked for.
func TestEveryFacetSelects(t *testing.T) {
	for name, record := range map[string][]byte{"varied": varied(t), "hostile": hostile(t)} {
		rep := gather(t, record)
		for _, facet := range reports.Facets(rep) {
			if len(facet.Values) == 0 {
				t.Errorf("%s: %s has no value", name, facet.Name)
			}
			for _, value := range facet.Values {
				some, err := reports.Selection{facet.Name: {value}}.Of(rep)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				for _, left := range reports.Facets(some) {
					if left.Name == facet.Name && !slices.Equal(left.Values, []string{value}) {
						t.Errorf("%s: %s %q leaves %q", name, facet.Name, value, left.Values)
					}
				}
			}
		}
	}
}

func TestSelectionOfNothing(t *testing.T) {
	rep := gather(t, varied(t))
	_, err := reports.Selection{"primitive": {"a", "c"}}.Of(rep)
	none, ok := errors.AsType[*reports.NoSeriesError](err)
	if !ok || none.Value != "c" || !cmp.Equal(none.Facet, reports.Facet{Name: "primitive", Values: []string{"a", "b"}}) {
		t.Errorf("%#v", err)
	}
	if want := `no series has the primitive "c": there are a, b`; err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	_, err = reports.Selection{"primitive": {"b"}, "launcher": {"vm"}}.Of(rep)
	if none, ok := errors.AsType[*reports.NoSeriesError](err); !ok || none.Facet.Name != "" {
		t.Errorf("%#v", err)
	}
}

// Every report of a part can be written, and what is left out is not in it.
func TestReportsOfASelection(t *testing.T) {
	record := open(t, "run.jsonl")
	rep := gather(t, record)
	whole := gather(t, record)
	some, err := reports.Selection{"primitive": {"futex", "spin"}, "stage": {"later"}}.Of(rep)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(whole.Runs[0].Header, rep.Runs[0].Header); diff != "" || len(whole.Runs[0].Series) != len(rep.Runs[0].Series) {
		t.Errorf("the report was changed:\n%s", diff)
	}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"json":     func(out *bytes.Buffer) error { return reports.JSON(out, some) },
		"markdown": func(out *bytes.Buffer) error { return reports.Markdown(out, some) },
		"table":    func(out *bytes.Buffer) error { return reports.Table(out, some, reports.TableOptions{}) },
	} {
		var out bytes.Buffer
		if err := write(&out); err != nil {
			t.Fatal(err)
		}
		if text := out.String(); !strings.Contains(text, "futex") || strings.Contains(text, "eventfd") || strings.Contains(text, `"stage": "first"`) {
			t.Errorf("%s:\n%s", name, text)
		}
	}
}
