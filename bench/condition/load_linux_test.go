//go:build amd64 || arm64

package condition

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
)

// Every thread is where it belongs, has its nice value, and gets CPU time there.
func TestLoadRunsOnEveryCPU(t *testing.T) {
	l, cpus := startLauncher(t), usable(t)
	s, err := Load{PerCPU: 2, Nice: 5}.Begin(l, cpus)
	if err != nil {
		t.Fatal(err)
	}
	on := map[int]int{}
	for _, c := range s.children {
		mask := maskOf(t, c.PID)
		if len(mask) != 1 {
			t.Fatalf("mask %v, want one CPU", mask)
		}
		on[mask[0]]++
		if raw, err := unix.Getpriority(unix.PRIO_PROCESS, c.PID); err != nil || 20-raw != 5 {
			t.Errorf("nice value %d, %v; want 5", 20-raw, err)
		}
		for began := ran(t, c.PID); ran(t, c.PID) < began+5_000_000; {
			nap()
		}
	}
	for _, cpu := range cpus {
		if on[cpu] != 2 {
			t.Errorf("%d threads on CPU %d, want 2", on[cpu], cpu)
		}
	}
	if err := s.End(); err != nil {
		t.Error(err)
	}
	mustHaveNoChildren(t)
}

// One that was killed meanwhile is told of: the load was not what it should be.
func TestLoadThatEndsEarly(t *testing.T) {
	l, cpus := startLauncher(t), usable(t)
	s, err := Load{PerCPU: 1}.Begin(l, cpus)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.children[0].Kill(); err != nil {
		t.Fatal(err)
	}
	if err := s.children[0].AwaitEnd(); err != nil {
		t.Fatal(err)
	}
	if err := s.End(); err == nil || !strings.Contains(err.Error(), "ended before its time") {
		t.Errorf("End: %v, want that one has ended", err)
	}
	mustHaveNoChildren(t)
}

func TestNoLoad(t *testing.T) {
	s, err := Load{}.Begin(startLauncher(t), usable(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.End(); err != nil {
		t.Error(err)
	}
}

// Whatever goes wrong on the way, nothing stays.
func TestLoadOnNoSuchCPU(t *testing.T) {
	l := startLauncher(t)
	before := descriptors(t)
	s, err := Load{PerCPU: 1}.Begin(l, append(usable(t), 1000))
	if s != nil || err == nil || !strings.Contains(err.Error(), "CPU 1000") {
		t.Errorf("Begin = %v, %v; want that there is no CPU 1000", s, err)
	}
	mustHaveNoChildren(t)
	if after := descriptors(t); !slices.Equal(before, after) {
		t.Errorf("descriptors %v, before %v", after, before)
	}
}

func descriptors(t testing.TB) (names []string) {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// An ender is a condition that has begun.
type ender interface{ End() error }

// BenchmarkBegin prints what it costs to begin a condition and to end it: medians,
// for a parent that is pinned to one of the CPUs as in a run.
func BenchmarkBegin(b *testing.B) {
	for _, test := range []struct {
		name  string
		begin func(*launch.Launcher, []int) (ender, error)
	}{
		{"load-1", func(l *launch.Launcher, cpus []int) (ender, error) { return Load{PerCPU: 1}.Begin(l, cpus) }},
		{"load-1:19", func(l *launch.Launcher, cpus []int) (ender, error) { return Load{PerCPU: 1, Nice: 19}.Begin(l, cpus) }},
		{"idle-cpu_dma_latency", func(l *launch.Launcher, cpus []int) (ender, error) { return Poll.begin(Latency, l, cpus) }},
		{"idle-sched_idle", func(l *launch.Launcher, cpus []int) (ender, error) { return Poll.begin(Spinning, l, cpus) }},
	} {
		b.Run(test.name, func(b *testing.B) {
			l, cpus := startLauncher(b), usable(b)
			newMeasuring(b, l)
			var begins, ends []float64
			for b.Loop() {
				t0 := time.Now()
				e, err := test.begin(l, cpus)
				if err != nil {
					b.Fatal(err)
				}
				t1 := time.Now()
				if err := e.End(); err != nil {
					b.Fatal(err)
				}
				begins, ends = append(begins, t1.Sub(t0).Seconds()*1e6), append(ends, time.Since(t1).Seconds()*1e6)
			}
			b.ReportMetric(median(begins), "us/begin")
			b.ReportMetric(median(ends), "us/end")
		})
	}
}
