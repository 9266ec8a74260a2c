//go:build amd64 || arm64

package launch

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// A child that is to outlive its parent is killed neither with the others nor
// by what the terminal sends to all, and sees the end that it waits for. What
// ties others to this thread is not in its program.
func TestOutlives(t *testing.T) {
	l, b := startLauncher(t), newBoard(t)
	other := hold(t, l, Config{CPU: -1}, b, 1, gate.Futex)
	h := hold(t, l, Config{CPU: -1, Outlives: true}, b, 0, gate.PipeEOF)
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", h.PID))
	if err != nil {
		t.Fatal(err)
	}
	if want := "SigBlk:\tfffffffffffbfeff\n"; !bytes.Contains(status, []byte(want)) { // all but SIGKILL and SIGSTOP
		t.Errorf("want %q in\n%s", want, status)
	}
	if fds := descriptors(t, h.PID); len(fds) != 1 {
		t.Errorf("descriptors %v, want the read end alone", fds)
	}
	for _, sig := range []unix.Signal{unix.SIGINT, unix.SIGTERM, unix.SIGHUP} {
		if err := unix.Kill(h.PID, sig); err != nil {
			t.Error(err)
		}
	}
	l.Kill()
	if exit, err := other.Wait(); err != nil || exit.Signal != int(unix.SIGKILL) {
		t.Errorf("the other child ended by %v, %v; want killed", exit, err)
	}
	if h.Ended() {
		t.Fatal("it ended with the other")
	}
	h.goes()
}

// Close ends it all the same.
func TestCloseEndsWhatOutlives(t *testing.T) {
	l, err := New()
	if err != nil {
		t.Fatal(err)
	}
	b := newBoard(t)
	g, err := gate.Futex.New(b)
	if err != nil {
		t.Fatal(err)
	}
	c, err := l.Start(Config{CPU: -1, Outlives: true}, b, program.Part{Program: g.Wait()})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if o := c.Outcome(); o.Verdict != program.Unfinished {
		t.Errorf("outcome: %v, want unfinished", o)
	}
	mustHaveNoChildren(t)
}
