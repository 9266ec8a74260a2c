//go:build amd64 || arm64

package condition

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestSchedIsApplied(t *testing.T) {
	mustBeRoot(t)
	for s, policy := range map[Sched]uint32{
		{Policy: SchedOther}:    unix.SCHED_NORMAL,
		{SchedFIFO, 10}:         unix.SCHED_FIFO,
		{SchedRR, 99}:           unix.SCHED_RR,
		{Policy: SchedBatch}:    unix.SCHED_BATCH,
		{Policy: SchedIdle}:     unix.SCHED_IDLE,
		{Policy: SchedDeadline}: unix.SCHED_DEADLINE,
	} {
		t.Run(s.String(), func(t *testing.T) {
			l := startLauncher(t)
			if err := s.Check(l, -1); err != nil {
				missing(t, "realtime", err)
			}
			c := idleChild(t, l)
			if err := s.Apply(c.PID); err != nil {
				t.Fatal(err)
			}
			got, err := unix.SchedGetAttr(c.PID, 0)
			if err != nil || got.Policy != policy || got.Priority != uint32(s.Priority) {
				t.Errorf("%+v, %v; want policy %d with priority %d", got, err, policy, s.Priority)
			}
			other := Sched{Policy: SchedBatch}
			if s == other {
				other.Policy = SchedIdle
			}
			if err := other.verify(c.PID); err == nil {
				t.Errorf("taken for %s", other)
			}
		})
	}
}

// Of an executed program every thread has it, and those that it has started by
// then are several.
func TestSchedOfEveryThread(t *testing.T) {
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), harness+"=threads")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	s := Sched{Policy: SchedBatch}
	cpu := usable(t)[0]
	if err := errors.Join(s.Apply(cmd.Process.Pid), SetMask(cmd.Process.Pid, []int{cpu})); err != nil {
		t.Error(err)
	}
	tids, err := threads(cmd.Process.Pid)
	if err != nil || len(tids) < 2 {
		t.Errorf("threads %v, %v; want several", tids, err)
	}
	for _, tid := range tids {
		if err := s.verify(tid); err != nil {
			t.Error(err)
		}
		if mask := maskOf(t, tid); !slices.Equal(mask, []int{cpu}) {
			t.Errorf("thread %d may use %v, want %d", tid, mask, cpu)
		}
	}
	if _, err := fmt.Fprintln(stdin); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

func TestDeadlineContradictsAPin(t *testing.T) {
	mustBeRoot(t)
	cpus := twoCPUs(t)
	l := startLauncher(t)
	s := Sched{Policy: SchedDeadline}
	if err := s.Check(l, -1); err != nil {
		missing(t, "realtime", err)
	}
	if setting("/proc/sys/kernel/sched_rt_runtime_us") == "-1" {
		t.Skip("the kernel admits every reservation")
	}
	err := s.Check(l, cpus[0])
	if !errors.Is(err, unix.EPERM) || !strings.Contains(err.Error(), "and this one is pinned: use placement free") {
		t.Errorf("%v, want EPERM and that it is pinned", err)
	}
	c := idleChild(t, l)
	if err := s.Apply(c.PID); err != nil {
		t.Fatal(err)
	}
	err = SetMask(c.PID, cpus[:1])
	if !errors.Is(err, unix.EBUSY) || !strings.Contains(err.Error(), "under sched deadline it may be kept from no CPU") {
		t.Errorf("%v, want EBUSY and that it may not be pinned", err)
	}
}

// In version 1 a new group has no time for real-time policies.
func TestFIFOInAGroupWithoutTime(t *testing.T) {
	l := startLauncher(t)
	g := openGroup(t, l, 0.5)
	if setting(filepath.Join(g.dir, rtRuntime)) != "0" {
		t.Skip("groups do not share out the time for real-time policies")
	}
	c := idleChild(t, l)
	if err := g.Add(c.PID); err != nil {
		t.Fatal(err)
	}
	err := Sched{SchedFIFO, 10}.Apply(c.PID)
	want := fmt.Sprintf("its control group has no time for it: echo 100000 >%s/%s", g.dir, rtRuntime)
	if !errors.Is(err, unix.EPERM) || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want EPERM and %q", err, want)
	}
	if err := (Sched{Policy: SchedBatch}).Apply(c.PID); err != nil {
		t.Error(err)
	}
}

func TestSchedOfNobody(t *testing.T) {
	err := Sched{Policy: SchedBatch}.Apply(1 << 22)
	if !errors.Is(err, unix.ESRCH) || !strings.HasPrefix(err.Error(), "sched batch: sched_setattr: ") {
		t.Errorf("%v, want ESRCH", err)
	}
}

func TestSetMask(t *testing.T) {
	l := startLauncher(t)
	cpus := usable(t)
	c := idleChild(t, l)
	for _, cpu := range cpus {
		if err := SetMask(c.PID, []int{cpu}); err != nil {
			t.Error(err)
		}
		if got := maskOf(t, c.PID); !slices.Equal(got, []int{cpu}) {
			t.Errorf("mask %v, want %d", got, cpu)
		}
	}
	for _, bad := range []struct {
		cpus []int
		want string
	}{
		{nil, "no CPU in"},
		{[]int{1000}, "CPU 1000: sched_setaffinity: invalid argument"},
		{[]int{cpus[0], 1000}, fmt.Sprintf("asked for CPU %d,1000, got %d", cpus[0], cpus[0])},
	} {
		if err := SetMask(c.PID, bad.cpus); err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("mask %v: %v, want %q in it", bad.cpus, err, bad.want)
		}
	}
}
