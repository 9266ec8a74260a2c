package reports

import (
	"bytes"
	"math"
	"os"
	"testing"
)

// What a picture draws as enough samples is what the tables have a figure for.
func TestFirmIsWhatTablesShow(t *testing.T) {
	record, err := os.ReadFile("testdata/run.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	rep, err := Gather(bytes.NewReader(record))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range rep.Runs[0].Series {
		for _, shown := range []struct{ q, value float64 }{{0.5, s.Summary.P50}, {0.9, s.Summary.P90}, {0.99, s.Summary.P99}, {0.999, s.Summary.P999}} {
			if shown.q <= s.firm && math.IsNaN(shown.value) {
				t.Errorf("%s, %s: drawn as firm to %g, and no figure at %g", s.Primitive, s.Stage, s.firm, shown.q)
			}
		}
		if s.firm < 0.5 && !math.IsNaN(s.Summary.P50) {
			t.Errorf("%s, %s: a median in the table and none in the picture", s.Primitive, s.Stage)
		}
	}
}
