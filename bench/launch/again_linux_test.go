//go:build amd64 || arm64

package launch

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/program"
)

// again is a program that waits for a byte by a descriptor of its own, and executes
// this program anew before it waits.
type again struct {
	board  *program.Board
	w      program.FD
	goesOn program.Code
	runs   program.Program
}

func newAgain(t *testing.T) *again {
	t.Helper()
	b := newBoard(t)
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, fd := range p {
			if err := unix.Close(fd); err != nil {
				t.Error(err)
			}
		}
	})
	r, w := program.FD{Name: "r", N: p[0]}, program.FD{Name: "w", N: p[1]}
	own, err := b.Word("epoll")
	if err != nil {
		t.Fatal(err)
	}
	before, after := program.Program{
		program.Close(w), program.EpollCreate().Into(own), program.EpollAdd(own, r),
		program.Arm(), program.EpollWait(own).Want(1), program.Read(r, 1).Want(1), program.Resumed(),
	}.Split()
	a := &again{board: b, w: w}
	if a.goesOn, err = b.Load(program.Env{}, program.Part{Stage: 0, Program: after}); err != nil {
		t.Fatal(err)
	}
	execs, err := b.ExecAgain(a.goesOn, before, after)
	if err != nil {
		t.Fatal(err)
	}
	a.runs = append(append(program.Program{}, before...), execs...)
	return a
}

// It goes on there with the stage, the descriptors and the words that it had.
func TestExecAgain(t *testing.T) {
	for _, kind := range []Kind{Clone, VM} {
		t.Run(kind.String(), func(t *testing.T) {
			a := newAgain(t)
			l := startLauncher(t)
			c, err := l.Start(Config{Kind: kind, CPU: -1}, a.board, program.Part{Program: a.runs})
			if err != nil {
				t.Fatal(err)
			}
			for !a.board.AwaitArmed(0, 1) {
				if c.Ended() {
					t.Fatalf("the child ended before it armed: %v, %v", c.Outcome(), a.goesOn.Outcome())
				}
				pause(t)
			}
			name, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", c.PID))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(string(name), "nsbench: held child\x00") {
				t.Errorf("the child is %q, want it executed anew", name)
			}
			if got := a.goesOn.Outcome(); got.Verdict != program.Unfinished {
				t.Errorf("it has not waited: %v", got)
			}
			if _, err := unix.Write(a.w.N, []byte("x")); err != nil {
				t.Fatal(err)
			}
			exit, err := c.Wait()
			if err != nil || exit != (Exit{Status: int(program.Released)}) {
				t.Errorf("exit %+v, %v; want that of one released", exit, err)
			}
			if got := a.goesOn.Outcome(); got.Verdict != program.Released {
				t.Errorf("what it went on with: %v", got)
			}
			if a.board.Stage(0).Resumed == 0 {
				t.Error("its stage has no stamp of its return")
			}
		})
	}
}

// Without the board there is nothing to go on with, and the exit status says so.
func TestExecAgainWithoutTheBoard(t *testing.T) {
	a := newAgain(t)
	execve := a.runs[len(a.runs)-1]
	p := append(append(program.Program{}, a.runs[:len(a.runs)-1]...), program.Close(a.board.File()), execve)
	c, err := startLauncher(t).Start(Config{CPU: -1}, a.board, program.Part{Program: p})
	if err != nil {
		t.Fatal(err)
	}
	exit, err := c.Wait()
	if err != nil || exit != (Exit{Status: program.CannotExecute}) {
		t.Errorf("exit %+v, %v; want status %d", exit, err, program.CannotExecute)
	}
	if got := a.goesOn.Outcome(); got.Verdict != program.Unfinished {
		t.Errorf("what it was to go on with: %v", got)
	}
}
