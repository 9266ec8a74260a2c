//go:build amd64 || arm64

package handshake

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/trial"
)

// A handshake hangs when nothing moves any more: everybody who is left sleeps, and
// nobody outside will wake him. So it is told by looking and not by a deadline: two
// looks, some time apart, between which all that were there still are, and none has
// been on a CPU. The time is longer than any sleep that a program of the handshake
// itself makes. Who spins instead of sleeping is told by the CPU time that he uses up.

// lookEvery is the time between two looks where no process sleeps for a time.
const lookEvery = 3 * time.Millisecond

// spinsFor is how much CPU time one uses, in a state in which nobody else moves, before
// he counts as one that spins for ever.
const spinsFor = 100 * time.Millisecond

// A look is what there is to see of the processes of a handshake.
type look struct {
	asleep   []string // those who sleep, each with how often he has been on a CPU
	awake    int
	cpu      time.Duration // of those who do not
	alive    [][]int       // the process IDs of each who has not ended, from the keeper's namespace inwards
	vanished bool
}

// awaitQuiet waits until the handshake has come to its end or hangs, and reports
// whether it hangs. sleeps is the longest time for which one of its programs sleeps.
func (a *arena) awaitQuiet(sleeps time.Duration) (hung bool, err error) {
	every := lookEvery + 2*sleeps
	var before look
	var since time.Duration // the CPU time of those awake when the sleepers last changed
	for {
		if a.keeper.Ended() {
			_, err := a.keeper.Wait()
			return false, err
		}
		now, err := lookAt(a.keeper.PID)
		if err != nil {
			return true, fmt.Errorf("look after a handshake: %w", errors.Join(err, a.kill()))
		}
		still := slices.Equal(before.asleep, now.asleep)
		if !still {
			since = now.cpu
		}
		rests := still && now.awake == 0 && !now.vanished && len(now.asleep) > 1
		spins := still && now.awake > 0 && now.cpu-since > spinsFor
		if rests || spins {
			a.alive = now.alive
			return true, a.kill()
		}
		before = now
		time.Sleep(every)
	}
}

// lookAt looks at a keeper and all its descendants: the keeper sleeps until one of them
// ends, and as long as it has not been on a CPU to reap him there is somebody to move.
func lookAt(keeper int) (l look, err error) {
	for todo := []int{keeper}; len(todo) > 0; {
		pid := todo[0]
		todo = todo[1:]
		children, err := childrenOf(pid)
		if gone(err) {
			l.vanished = true
			continue
		}
		if err != nil {
			return l, err
		}
		todo = append(todo, children...)
		l.add(pid)
	}
	return l, nil
}

// gone reports whether a file of a process is not there any more: which of the two the
// kernel says depends on how much of the process has ended.
func gone(err error) bool { return errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ESRCH) }

// childrenOf returns the children of a process's first thread. proc_tid_children(5).
func childrenOf(pid int) (pids []int, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return nil, err
	}
	for field := range strings.FieldsSeq(string(text)) {
		child, err := strconv.Atoi(field)
		if err != nil {
			return nil, err
		}
		pids = append(pids, child)
	}
	return pids, nil
}

// add looks at one process. One that sleeps in the kernel's own business, which cannot
// be interrupted, is on its way. One that has ended waits for who reaps it.
func (l *look) add(pid int) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		l.vanished = true
		return
	}
	state, switches, ids := byte(0), "", []int(nil)
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		switch value = strings.TrimSpace(value); name {
		case "State":
			state = value[0]
		case "voluntary_ctxt_switches", "nonvoluntary_ctxt_switches":
			switches += " " + value
		case "NSpid":
			for i, field := range strings.Fields(value) {
				if id, err := strconv.Atoi(field); err == nil && i > 0 { // the first is this program's
					ids = append(ids, id)
				}
			}
		}
	}
	if state != 'Z' && state != 'X' {
		l.alive = append(l.alive, ids)
	}
	switch state {
	case 'S', 'T', 't':
		l.asleep = append(l.asleep, strconv.Itoa(pid)+switches)
	case 'Z', 'X':
		l.asleep = append(l.asleep, strconv.Itoa(pid)+" ended")
	default:
		l.awake++
		l.cpu += trial.LookAt(pid).CPU()
	}
}
