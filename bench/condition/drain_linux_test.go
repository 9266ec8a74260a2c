//go:build amd64 || arm64

package condition

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/program"
)

func newDrainer(t testing.TB, l *launch.Launcher) *Drainer {
	t.Helper()
	before := descriptors(t)
	d, err := NewDrainer(l)
	if errors.Is(err, ErrCannotTell) {
		missing(t, "userns", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		if after := descriptors(t); !slices.Equal(before, after) {
			t.Errorf("descriptors %v, before %v", after, before)
		}
	})
	if d.Means != DrainMarker {
		missing(t, "userns", "drained by "+d.Means)
	}
	return d
}

// A crowd is children in network namespaces, whose number is limited: as many as
// there may be at a time. The kernel counts one until it has been taken apart.
type crowd struct {
	*Drainer // for its board and its children
	limited  program.FD
}

const crowded = 4

func newCrowd(t *testing.T, l *launch.Launcher) crowd {
	t.Helper()
	c := crowd{Drainer: &Drainer{by: l, user: -1}}
	var err error
	if c.board, err = program.NewBoard(2*spinnerRoom, program.Syscall); err != nil {
		t.Fatal(err)
	}
	if c.user, err = limitedNamespace(l, c.board, "max_net_namespaces", strconv.Itoa(crowded)); err != nil {
		t.Fatal(err)
	}
	c.limited = program.FD{Name: "limited", N: c.user}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// come has as many children as there may be come and go.
func (c crowd) come(t *testing.T) {
	t.Helper()
	for range crowded {
		if err := c.child(program.JoinNamespace(c.limited, program.NewUser), program.Unshare(program.NewNet, retry)); err != nil {
			t.Fatal(err)
		}
	}
}

// full reports whether there is no room for as many at the same time, in which
// case a child sleeps before it would try again.
func (c crowd) full(t *testing.T) (full bool) {
	t.Helper()
	const never = time.Hour
	if err := c.board.Reset(crowded); err != nil {
		t.Fatal(err)
	}
	for stage := range crowded {
		child, err := c.by.Start(launch.Config{CPU: -1}, c.board, program.Part{Stage: stage, Program: program.Program{
			program.JoinNamespace(c.limited, program.NewUser), program.Unshare(program.NewNet, never),
			program.Arm(), program.Sigwait(program.Signals()),
		}})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			err := child.Kill()
			if _, waitErr := child.Wait(); err != nil || waitErr != nil {
				t.Error(err, waitErr)
			}
		}()
		for !full && !c.board.AwaitArmed(stage, 1) {
			if child.Ended() {
				t.Fatal(child.Outcome())
			}
			// The number of the call that it sleeps in. proc_pid_syscall(5).
			call, _, _ := strings.Cut(setting(fmt.Sprintf("/proc/%d/syscall", child.PID)), " ")
			full = call == strconv.Itoa(unix.SYS_NANOSLEEP)
			nap()
		}
	}
	return full
}

// What has been drained is gone: a limit is as free as if nobody had ever been.
// And it would not be otherwise, or this test would show nothing.
func TestDrained(t *testing.T) {
	l := startLauncher(t)
	d := newDrainer(t, l)
	c := newCrowd(t, l)
	if setting("/proc/self/syscall") == "" {
		missing(t, "syscall", "no /proc/PID/syscall")
	}
	left := 0
	for range 20 {
		if err := d.Drain(); err != nil {
			t.Fatal(err)
		}
		c.come(t)
		if err := d.Drain(); err != nil {
			t.Fatal(err)
		}
		if c.full(t) {
			t.Fatal("namespaces are left after draining")
		}
		if err := d.Drain(); err != nil {
			t.Fatal(err)
		}
		c.come(t)
		if c.full(t) {
			left++
		}
	}
	t.Logf("without draining some were left %d times of 20", left)
	if left == 0 {
		t.Error("without draining none was ever left: this shows nothing")
	}
}

// The names of the kernel's threads are as proc shows them.
func TestCleaners(t *testing.T) {
	for name, test := range map[string]struct {
		comms         []string
		seen, working bool
	}{
		"at work":         {[]string{"bash", "kworker/u8:3+netns", "kworker/0:1-events"}, true, true},
		"has been":        {[]string{"kworker/u8:3-netns", "kworker/R-netns"}, true, false},
		"another queue":   {[]string{"kworker/u8:3+events_unbound"}, true, false},
		"in a container":  {[]string{"bash", "x+netns"}, false, false},
		"nothing is seen": {nil, false, false},
	} {
		proc := fstest.MapFS{}
		for i, comm := range test.comms {
			proc[strconv.Itoa(i+1)+"/comm"] = &fstest.MapFile{Data: []byte(comm + "\n")}
		}
		seen, working, err := cleaners(proc)
		if seen != test.seen || working != test.working || err != nil {
			t.Errorf("%s: %v, %v, %v; want %v, %v", name, seen, working, err, test.seen, test.working)
		}
	}
}

// By the threads' names it waits for what is seen, and no longer.
func TestDrainByWorkers(t *testing.T) {
	proc := &working{looks: 5}
	d := &Drainer{Means: DrainWorkers, user: -1, proc: proc}
	if err := d.Drain(); err != nil {
		t.Fatal(err)
	}
	if proc.looks > -quietLooks+1 {
		t.Errorf("it looked %d times when nothing was seen any more, want %d", 1-proc.looks, quietLooks)
	}
}

// working is a proc with a thread that is at work for a number of looks.
type working struct {
	fstest.MapFS
	looks int
}

func (w *working) Glob(string) ([]string, error) {
	name := "kworker/u8:3-netns"
	if w.looks > 0 {
		name = "kworker/u8:3+netns"
	}
	w.looks--
	w.MapFS = fstest.MapFS{"7/comm": &fstest.MapFile{Data: []byte(name)}}
	return []string{"7/comm"}, nil
}

func (w *working) ReadFile(name string) ([]byte, error) { return w.MapFS.ReadFile(name) }

// How a cohort comes: the last is what the others are held against.
const (
	undrained = iota
	drained
	first
	hows
)

// BenchmarkDrain shows what namespaces that are being taken apart do to what
// comes behind them. In each round children in network namespaces come and go,
// and then others in none are cloned and released: once right away, once after
// draining, and once where none had come before. Printed is the median over the
// rounds of the ratio to the last, of a round's median and its 90th percentile.
// scripts/drain runs it.
func BenchmarkDrain(b *testing.B) {
	l := startLauncher(b)
	d, m := newDrainer(b, l), newMeasuring(b, l)
	const before, after = 40, 20
	ratios := [first]map[string][]float64{{}, {}}
	var took []float64
	for round := 0; b.Loop(); round++ {
		var figures [hows]map[string]float64
		for i := range hows {
			how := (i + round) % hows
			timed(b, d)
			if how != first {
				m.cycles(launch.Net, before)
			}
			if how == drained {
				took = append(took, timed(b, d))
			}
			clones, releases := m.cycles(0, after)
			figures[how] = map[string]float64{
				"clone-p50": median(clones), "clone-p90": ninetieth(clones),
				"release-p50": median(releases), "release-p90": ninetieth(releases),
			}
		}
		for how := range first {
			for name, v := range figures[how] {
				ratios[how][name] = append(ratios[how][name], v/figures[first][name])
			}
		}
	}
	for how, name := range []string{"undrained", "drained"} {
		for figure, all := range ratios[how] {
			b.ReportMetric(median(all), figure+"-"+name)
		}
	}
	b.ReportMetric(median(took)/1e6, "ms/drain")
}

// timed drains, and returns how long it took in nanoseconds.
func timed(b testing.TB, d *Drainer) float64 {
	began := time.Now()
	if err := d.Drain(); err != nil {
		b.Fatal(err)
	}
	return float64(time.Since(began))
}
