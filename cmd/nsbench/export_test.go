package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/nsbench/nsbench/reports"
)

// Whatever tells series from each other, they can be selected by it.
func TestEveryFacetHasAFlag(t *testing.T) {
	facets := reports.Facets(&reports.Report{})
	if len(facets) != len(selectors) {
		t.Fatalf("%d facets, %d flags", len(facets), len(selectors))
	}
	for i, facet := range facets {
		if selectors[i].facet != facet.Name {
			t.Errorf("flag %d is for %s, the facet is %s", i, selectors[i].facet, facet.Name)
		}
	}
}

// An export that is interrupted leaves what was there, and nothing half written.
func TestInterruptedExport(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	dir := t.TempDir()
	path := filepath.Join(dir, "out.csv")
	if err := os.WriteFile(path, []byte("before"), 0o666); err != nil {
		t.Fatal(err)
	}
	cancel(interruption{syscall.SIGINT})
	record := filepath.Join("..", "..", "reports", "testdata", "small.jsonl")
	var out, told bytes.Buffer
	err := export(ctx, streams{nil, &out, &told}, []string{record}, path, asCSV, nil)
	if _, ok := errors.AsType[interruption](err); !ok || exitStatus(err) != 130 {
		t.Errorf("error %v, status %d", err, exitStatus(err))
	}
	if left, err := os.ReadFile(path); err != nil || string(left) != "before" {
		t.Errorf("%v: %q", err, left)
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 1 {
		t.Errorf("%v: %v", err, all)
	}
}
