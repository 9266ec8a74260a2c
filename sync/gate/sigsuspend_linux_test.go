//go:build amd64 || arm64

package gate

import (
	"errors"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/program"
)

// The release is pending when the wait begins, and so is another signal, which
// is sent to the thread and hence taken first. Were the handler of the release
// to run on top of that one's, it would find nothing of the wait under it.
func TestSigsuspendBehindAnotherSignal(t *testing.T) {
	b := newBoard(t)
	g, front := newGate(t, Sigsuspend, b), newGate(t, PipeByte, b)
	held := append(program.Program{program.Interrupt(program.SIGUSR2)}, front.Wait()[2:]...) // without the close and the arm
	pid, pidfd, code := cloned(t, b, append(held, g.Wait()...))

	if err := unix.Tgkill(pid, pid, unix.SIGUSR2); err != nil {
		t.Fatal(err)
	}
	runs(t, b, pid, g.Release(program.Child))
	runs(t, b, pid, front.Release(program.Child))
	awaitEndOrSleep(t, b, pid, pidfd)
	if o := code.Outcome(); o.Verdict != program.Released {
		t.Errorf("the child: %v, want released", o)
	}
	if err := errors.Join(g.Close(), front.Close()); err != nil {
		t.Error(err)
	}
}
