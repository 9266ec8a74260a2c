package reports_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

// A series that is a primitive once more stands under a name of its own, and
// what is the primitive's is not mixed with it.
func TestSeriesOfOnePrimitiveAreToldApart(t *testing.T) {
	all := under(usual(), "pipe-eof", "pipe-eof", "pipe-eof")
	all[1].SelfCheck, all[2].DelayNS = true, 5000
	record := counted(t, all)
	rep, err := reports.Gather(bytes.NewReader(record))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"pipe-eof", "pipe-eof (again)", "pipe-eof +5us"} {
		if s := rep.Runs[0].Series[i]; s.Primitive != want || s.Summary.N != i+1 {
			t.Errorf("series %d is %s of %d samples, want %s of %d", i, s.Primitive, s.Summary.N, want, i+1)
		}
	}
	var csv strings.Builder
	if err := reports.CSV(&csv, bytes.NewReader(record), nil); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(csv.String(), "\npipe-eof (again),"); n != 2 {
		t.Errorf("%d lines of the self check, want 2, in\n%s", n, csv.String())
	}
}

// counted is a record in which series i has i+1 samples.
func counted(t *testing.T, series []result.Series) []byte {
	t.Helper()
	var log bytes.Buffer
	w := result.NewWriter(&log)
	all := []result.Record{&result.Header{Schema: result.Schema, Plan: result.Plan{Series: series, Iterations: len(series), Stages: 1}}}
	for i := range series {
		b := &result.Block{Series: i, Place: i}
		for range i + 1 {
			for _, column := range []*[]int64{
				&b.Stage, &b.HoldNS, &b.ReleaseNS, &b.SignalNS, &b.WaitCPUNS, &b.Voluntary, &b.Involuntary, &b.ParentCPU, &b.ChildCPU,
				&b.CloneNS, &b.StartupNS, &b.CycleNS,
			} {
				*column = append(*column, 1)
			}
		}
		all = append(all, b)
	}
	for _, rec := range all {
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
	}
	return log.Bytes()
}
