package reports_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/reports"
)

var errFull = errors.New("disk full")

// A fullDisk takes some bytes and then no more.
type fullDisk struct{ room int }

func (d *fullDisk) Write(p []byte) (int, error) {
	n := min(len(p), d.room)
	d.room -= n
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

func TestWriteErrorsAreReturned(t *testing.T) {
	run, small := open(t, "run.jsonl"), open(t, "small.jsonl")
	full(t, "html", reports.HTML(&fullDisk{700}, &reports.Report{}))
	for kind, write := range outputs {
		if kind == "html" {
			continue // done, without the time that pictures take
		}
		record, rooms := small, []int{700}
		if kind == "csv" || kind == "bench.txt" {
			record, rooms = run, []int{0, 1, 700, 40000} // written bit by bit
		}
		if kind == "cells.csv" || kind == "faults.json" || kind == "isolation.json" {
			record = matrices(t) // of others there are none
		}
		for _, room := range rooms {
			full(t, kind, write(&fullDisk{room}, record))
		}
	}
	pictures := reports.Pictures(gather(t, small))
	full(t, pictures[0].Name, pictures[0].Render(&fullDisk{700}))
}

func full(t *testing.T, name string, err error) {
	t.Helper()
	if !errors.Is(err, errFull) || strings.Contains(err.Error(), "\n") {
		t.Errorf("%s: error %v, want one line that wraps the writer's", name, err)
	}
}
