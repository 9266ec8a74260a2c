//go:build amd64 || arm64

package gate

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/program"
)

// The slack that a thread inherits from one that measures is not what the child
// sleeps with.
func TestPollSleepSetsItsSlack(t *testing.T) {
	runtime.LockOSThread() // for ever: the thread is no use to others
	if err := unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	b := newBoard(t)
	g := newGate(t, PollSleep, b)
	if o := run(t, b, g.Release(program.Child)); o.Verdict != program.Released {
		t.Fatal(o)
	}
	if o := run(t, b, g.Wait()); o.Verdict != program.Released {
		t.Fatal(o)
	}
	slack, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
	if slack != int(usualSlack.Nanoseconds()) || err != nil {
		t.Errorf("a slack of %d ns, %v; want %v", slack, err, usualSlack)
	}
}
