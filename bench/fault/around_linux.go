//go:build amd64 || arm64

package fault

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/trial"
	"github.com/nsbench/nsbench/sync/program"
)

// What follows concerns what is around: control groups, process IDs, filters.

// freezeThaw: opencontainers/runc#4481 and containers/crun#2243.
func freezeThaw(p *trial.Parent) trial.End {
	if p.Group == "" {
		return p.Unavailable("no control group of version 2 can be made: %s", p.Groupless)
	}
	c, end := held(p)
	if end != nil {
		return *end
	}
	dir := filepath.Join(p.Group, "frozen")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return p.Failed(err)
	}
	write := func(file, text string) error { return os.WriteFile(filepath.Join(dir, file), []byte(text), 0) }
	if err := write("cgroup.procs", strconv.Itoa(c.PID)); err != nil {
		return p.Failed(err)
	}
	if err := write("cgroup.freeze", "1"); err != nil {
		return p.Failed(err)
	}
	frozen, err := awaitFrozen(c.PID, filepath.Join(dir, "cgroup.events"))
	if err != nil {
		return p.Failed(err)
	}
	o, ran, err := p.Release(c)
	if err == nil {
		err = write("cgroup.freeze", "0")
	}
	if err != nil {
		return p.Failed(err)
	}
	note := p.Note(o, ran)
	if !frozen {
		note = trial.Also(note, "the kernel did not get to freeze the child where it waits")
	}
	return p.Done(note)
}

// awaitFrozen waits until a group is frozen or its process has ended, or until it is
// plain that the process sleeps where the freezer cannot stop it: one that can be
// stopped has been woken for that before the write to cgroup.freeze returned.
func awaitFrozen(pid int, events string) (frozen bool, err error) {
	for asleep := 0; asleep < 10*looks; time.Sleep(nap) {
		text, err := os.ReadFile(events)
		l := trial.LookAt(pid)
		if err != nil || l.Gone() || strings.Contains(string(text), "frozen 1\n") {
			return true, err
		}
		asleep++
		if !l.Rests() {
			asleep = 0
		}
	}
	return false, nil
}

// cpuQuota: kubernetes/kubernetes#67577. The child that is free comes first, at a gate
// of its own.
func cpuQuota(p *trial.Parent) trial.End {
	if len(p.Args) != 1 {
		return p.Failed(fmt.Errorf("arguments %q: the file of a control group with a quota is wanted", p.Args))
	}
	free, end := freeLatency(p)
	if end != nil {
		return *end
	}
	c, end := held(p)
	if end != nil {
		return *end
	}
	if err := os.WriteFile(p.Args[0], []byte(strconv.Itoa(c.PID)), 0); err != nil {
		return p.Failed(err)
	}
	if err := holdFor(p, c, quotaHold+rand.N(quotaPeriod)); err != nil {
		return p.Failed(err)
	}
	o, ran, err := p.Release(c)
	if err != nil {
		return p.Failed(err)
	}
	return p.DoneBeside(free, p.Note(o, ran))
}

// The quota is a share of each period; a child is held until it has used that up, if it
// uses any, and released anywhere in a period.
const (
	quotaShare  = 0.1
	quotaPeriod = 100 * time.Millisecond
	quotaHold   = 15 * time.Millisecond
)

// holdFor waits for so long, and has others be busy meanwhile if the child sleeps: one
// that runs or looks again and again would have less of its quota beside them.
func holdFor(p *trial.Parent, c *launch.Child, d time.Duration) error {
	end := time.Now().Add(d)
	before := switches(c.PID)
	time.Sleep(quotaHold / 3)
	if !trial.LookAt(c.PID).Rests() || switches(c.PID) != before {
		time.Sleep(time.Until(end))
		return nil
	}
	if err := p.Rests(); err != nil {
		return err
	}
	time.Sleep(time.Until(end))
	return p.Alone()
}

// freeLatency is the release latency of a child that may use what CPU time there is.
func freeLatency(p *trial.Parent) (ns int64, end *trial.End) {
	c, end := held(p)
	if end != nil {
		return 0, end
	}
	o, ran, err := p.Release(c)
	if err == nil && o.Verdict != program.Released {
		err = errors.New(p.Note(o, ran))
	}
	if err == nil {
		err = c.AwaitEnd()
	}
	if err != nil {
		failed := p.Failed(err)
		return 0, &failed
	}
	s := p.Board.Stage(trial.StageChild)
	ns = int64(s.Resumed - s.Released)
	s.Armed, s.Released, s.Resumed = 0, 0, 0
	return ns, nil
}

// pidReuse: containerd/containerd#9218. A number that was the child's is somebody
// else's.
func pidReuse(p *trial.Parent) trial.End {
	c, end := held(p)
	if end != nil {
		return *end
	}
	release, run, err := releasing(p, c)
	if err != nil {
		return p.Failed(err)
	}
	if !release.TakesProcess() && !release.TakesPidfd() {
		return p.Moot("the release names no process, neither by its ID nor by a pidfd")
	}
	on, err := p.Board.Word("go on")
	if err != nil {
		return p.Failed(err)
	}
	if err := killChild(c, true); err != nil {
		return p.Failed(err)
	}
	part := program.Part{Stage: trial.StageOther, Program: program.Program{program.Arm(), program.FutexWait(on, 0)}}
	stranger, end := numbered(p, c.PID, part)
	if end != nil {
		return *end
	}
	if err := p.AwaitWaiting(stranger, trial.StageOther); err != nil {
		return p.Failed(err)
	}
	if err := p.Watch(result.OfStranger, stranger, part); err != nil {
		return p.Failed(err)
	}
	o, err := run()
	if err == nil {
		err = letOn(p, on)
	}
	if err != nil {
		return p.Failed(err)
	}
	return p.Done(p.Note(o, release))
}

// lastPID is what the kernel counts process IDs on from. proc_sys_kernel(5).
const lastPID = "/proc/sys/kernel/ns_last_pid"

// numbered starts a process of that ID: by having the kernel count on from the one
// before. A thread of this process may come in between and take it, so it is tried
// again.
func numbered(p *trial.Parent, pid int, part program.Part) (*launch.Child, *trial.End) {
	unavailable := func(format string, args ...any) (*launch.Child, *trial.End) {
		end := p.Unavailable(format, args...)
		return nil, &end
	}
	broken := func(err error) (*launch.Child, *trial.End) {
		end := p.Failed(err)
		return nil, &end
	}
	l, err := p.Launcher()
	if err != nil {
		return broken(err)
	}
	for range 100 {
		switch err := os.WriteFile(lastPID, []byte(strconv.Itoa(pid-1)), 0); {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
			return unavailable("a process of a chosen ID cannot be started here: %v", err)
		case err != nil:
			return broken(err)
		}
		c, err := l.Start(launch.Config{CPU: -1, Untied: true}, p.Board, part)
		if err != nil {
			return broken(err)
		}
		if c.PID == pid {
			return c, nil
		}
		if err = c.Kill(); err == nil {
			_, err = c.Wait()
		}
		if err != nil {
			return broken(err)
		}
	}
	return unavailable("process ID %d did not come to be used again", pid)
}

// seccompDeny: opencontainers/runc#4328 and #2682, a profile that is older than the
// call.
func seccompDeny(p *trial.Parent) trial.End {
	how := program.RefuseWith(program.EPERM)
	if len(p.Args) > 0 && p.Args[0] == "1" {
		how = program.RefuseWith(program.ENOSYS)
	}
	if failed := p.Make(); failed != nil {
		return *failed
	}
	wait, end := refusing(p, how)
	if end != nil {
		return *end
	}
	c, end := heldAt(p, wait)
	if end != nil {
		return *end
	}
	return p.LetGoHeld(c)
}

// refusing is the wait of the gate under a filter that refuses what it consists of.
func refusing(p *trial.Parent, how program.Refusal) (program.Program, *trial.End) {
	wait := p.Gate.Wait()
	calls := wait.Waits()
	if len(calls) == 0 {
		end := p.Moot("the wait makes no system call that could be refused")
		return nil, &end
	}
	prepare, rest := wait.Split()
	return append(append(append(program.Program{}, prepare...), program.NoNewPrivileges(), program.Refuse(calls, how)), rest...), nil
}
