//go:build amd64 || arm64

package fault

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/trial"
	"github.com/nsbench/nsbench/sync/program"
)

// What follows concerns the wait: signals come.

// interrupted: a wait whose call is made again after EINTR, as each should be.
func interrupted(p *trial.Parent) trial.End {
	return interruptedAt(p, func(wait program.Program) program.Program { return wait })
}

// interruptedOnce: containers/bubblewrap and opencontainers/runc have had waits that
// did not make their call again.
func interruptedOnce(p *trial.Parent) trial.End { return interruptedAt(p, program.Program.Once) }

func interruptedAt(p *trial.Parent, edit func(program.Program) program.Program) trial.End {
	if failed := p.Make(); failed != nil {
		return *failed
	}
	wait := edit(append(program.Program{program.Interrupt(program.SIGUSR2)}, p.Gate.Wait()...))
	c, end := heldAt(p, wait)
	if end != nil {
		return *end
	}
	before := switches(c.PID)
	if err := unix.Kill(c.PID, unix.SIGUSR2); err != nil {
		return p.Failed(err)
	}
	kept := awaitTaken(p, c, unix.SIGUSR2, before)
	o, ran, err := p.Release(c)
	if err != nil {
		return p.Failed(err)
	}
	note := p.Note(o, ran)
	if kept {
		note = trial.Also(note, "the signal stayed pending until the release")
	}
	return p.Done(note)
}

// stopContinue: signal(7), "Interruption of system calls and library functions by
// stop signals".
func stopContinue(p *trial.Parent) trial.End {
	c, end := held(p)
	if end != nil {
		return *end
	}
	before := switches(c.PID)
	if err := unix.Kill(c.PID, unix.SIGSTOP); err != nil {
		return p.Failed(err)
	}
	for l := trial.LookAt(c.PID); !l.Stops() && !l.Gone() && !isPending(c.PID, unix.SIGSTOP); l = trial.LookAt(c.PID) {
		time.Sleep(nap)
	}
	if err := unix.Kill(c.PID, unix.SIGCONT); err != nil {
		return p.Failed(err)
	}
	awaitTaken(p, c, unix.SIGCONT, before)
	return p.LetGoHeld(c)
}

// awaitTaken waits until the child has taken a signal and is asleep again, or has
// ended; or until it is plain that it keeps the signal for later, and reports that.
func awaitTaken(p *trial.Parent, c *launch.Child, sig unix.Signal, before int) (kept bool) {
	asleep := 0
	for {
		l := trial.LookAt(c.PID)
		if l.Gone() {
			return false
		}
		pending := isPending(c.PID, sig)
		switch {
		case !p.Primitive.Blocking && !pending:
			return false
		case l.Rests():
			asleep++
		default:
			asleep = 0
		}
		// A signal wakes whom it can interrupt before kill returns. Who sleeps all
		// the same for some looks has gone to sleep again, or has not been woken.
		if asleep >= looks {
			return pending && switches(c.PID) == before
		}
		time.Sleep(nap)
	}
}

// looks is how many looks in a row have to find a child asleep.
const looks = 20

// switches is how often a process has gone to sleep. proc_pid_status(5).
func switches(pid int) int {
	n, _ := strconv.Atoi(status(pid, "voluntary_ctxt_switches"))
	return n
}

// isPending reports whether a signal is pending for a process or its first thread.
func isPending(pid int, sig unix.Signal) bool {
	for _, set := range []string{"SigPnd", "ShdPnd"} {
		bits, _ := strconv.ParseUint(status(pid, set), 16, 64)
		if bits&(1<<(sig-1)) != 0 {
			return true
		}
	}
	return false
}

// status is a field of /proc/PID/status; that of a process that has ended is empty.
func status(pid int, field string) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if name, value, _ := strings.Cut(line, ":"); name == field {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
