package reports_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/csv"
	"html"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/reports"
)

// carriedBy unpacks a file that a page carries.
func carriedBy(t *testing.T, page, name string) []byte {
	t.Helper()
	found := regexp.MustCompile(`<a download="` + regexp.QuoteMeta(name) + `(\.gz)?" href="data:[a-z/]+;base64,([^"]*)"`).FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("the page has no %s", name)
	}
	data, err := base64.StdEncoding.DecodeString(html.UnescapeString(found[2]))
	if err != nil {
		t.Fatal(err)
	}
	if found[1] == "" {
		return data
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// The samples in a page are those that its figures are made of.
func TestPageCarriesItsSamples(t *testing.T) {
	rep := gather(t, open(t, "run.jsonl"))
	lines, err := csv.NewReader(bytes.NewReader(carriedBy(t, rendered(t, rep), "samples.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string][]float64)
	place := func(name string) int { return slices.Index(lines[0], name) }
	for _, line := range lines[1:] {
		ns, err := strconv.ParseFloat(line[place("latency_ns")], 64)
		if err != nil {
			t.Fatal(err)
		}
		key := strings.Join([]string{line[place("primitive")], line[place("launcher")], line[place("placement")], line[place("stage")], line[place("kind")]}, " ")
		got[key] = append(got[key], ns)
	}
	for _, s := range rep.Runs[0].Series {
		key := strings.Join([]string{s.Primitive, s.Launcher, s.Placement, s.Stage, s.Kind}, " ")
		if !slices.Equal(got[key], s.Release.Ordered()) {
			t.Errorf("%s: the page has %d samples, the report %d", key, len(got[key]), s.Release.N())
		}
		delete(got, key)
	}
	if len(got) > 0 {
		t.Errorf("%d series too many", len(got))
	}
}

// What a page carries is what the program writes.
func TestPageCarriesItsFigures(t *testing.T) {
	rep := gather(t, open(t, "run.jsonl"))
	page := rendered(t, rep)
	for name, write := range map[string]func(io.Writer, *reports.Report) error{"nsbench.json": reports.JSON, "nsbench.md": reports.Markdown} {
		var want bytes.Buffer
		if err := write(&want, rep); err != nil {
			t.Fatal(err)
		}
		if got := carriedBy(t, page, name); !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%s: %d bytes, the program writes %d", name, len(got), want.Len())
		}
	}
}
