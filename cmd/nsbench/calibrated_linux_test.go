package main

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/stat"
)

// found is what a run says of a series that is its baseline once more, with a
// delay or without.
type found struct {
	Verdict stat.Verdict `json:"verdict"`
	Shift   float64      `json:"shift_ns"`
	Lo      float64      `json:"shift_lo_ns"`
	Hi      float64      `json:"shift_hi_ns"`
}

// A delay that was put before a release is found by the run that measured it: as
// one, in its direction and its order, and about as long as it was. How often it
// lies in its interval is a matter of a hundred runs, and of scripts/calibrate;
// the bounds of this test are so wide that no host can miss them by its noise.
func TestDelaysAreFound(t *testing.T) {
	if ok, err := able("root"); err != nil {
		t.Fatal(err)
	} else if !ok {
		t.Skip("not root")
	}
	dir := filepath.Join(t.TempDir(), "out")
	command := exec.Command("nsbench", "run", "-q", "--format", "json", "--out", dir, "--primitives", "pipe-eof",
		"--placement", "same-cpu", "--self-check", "--delays", "1us,5us", "--iterations", "400", "--seed", "1")
	var said strings.Builder
	command.Stderr = &said
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	series := foundOf(t, out)
	delay := medianDelay(t, filepath.Join(dir, recordName), 5000)
	none, short, long := series[0], series[1000], series[5000]
	t.Logf("none: %+v; 1us: %+v; 5us: %+v, which was %v ns", none, short, long, delay)
	if len(series) != 3 || long.Verdict != stat.Slower {
		t.Errorf("with 5us more it is %q, want slower", long.Verdict)
	}
	if !(math.Abs(none.Shift) < delay/2 && short.Shift < long.Shift) {
		t.Errorf("the estimates of no delay, 1us and 5us are %v, %v and %v ns", none.Shift, short.Shift, long.Shift)
	}
	if !(delay > 4990 && delay < 10000) || !(long.Shift > delay/2 && long.Shift < delay*2) {
		t.Errorf("5us were %v ns, and were found to be %v", delay, long.Shift)
	}
	if width := long.Hi - long.Lo; !(width > 0 && delay >= long.Lo-3*width && delay <= long.Hi+3*width) {
		t.Errorf("5us were %v ns, far outside of %v to %v", delay, long.Lo, long.Hi)
	}
}

// foundOf is what a report says of each delay in ns, and of none.
func foundOf(t *testing.T, report []byte) map[int64]found {
	t.Helper()
	var r struct {
		Series []struct {
			DelayNS int64  `json:"delay_ns"`
			Against *found `json:"against"`
		} `json:"series"`
	}
	if err := json.Unmarshal(report, &r); err != nil {
		t.Fatal(err)
	}
	all := map[int64]found{}
	for _, s := range r.Series {
		if s.Against != nil {
			all[s.DelayNS] = *s.Against
		}
	}
	return all
}

// medianDelay is how long a delay was in a record, warm-up left out.
func medianDelay(t *testing.T, path string, meant int64) float64 {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var series []result.Series
	var delays []float64
	for reader := result.NewReader(file); ; {
		line, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch line := line.(type) {
		case *result.Header:
			series = line.Plan.Series
		case *result.Block:
			if series[line.Series].DelayNS == meant && !line.Warmup {
				for _, ns := range line.DelayNS {
					delays = append(delays, float64(ns))
				}
			}
		}
	}
	slices.Sort(delays)
	return stat.Quantile(delays, 0.5)
}
