//go:build amd64 || arm64

package gate

import (
	"errors"
	"fmt"
	"math"
	"runtime"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// helperStack is several times what the interpreter's chain of calls takes. No
// signal handler ever runs on it.
const helperStack = 4 << 10

// startHelper clones a process that waits for its end. Its code and its stack
// lie on the board: private memory may be withheld from clones.
func startHelper(b *program.Board) (h helper, err error) {
	parent, err := sys.Self()
	if err != nil {
		return h, err
	}
	defer func() { err = errors.Join(err, sys.Close(parent)) }()
	stack, err := b.Memory("helper's stack", helperStack)
	if err != nil {
		return h, err
	}
	code, err := b.Load(program.Env{}, program.Part{Program: helping(program.FD{Name: "parent", N: parent})})
	if err != nil {
		return h, err
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if h.pid, h.pidfd, err = program.Clone(code, unix.CLONE_PIDFD, b.Bytes(stack)); err != nil {
		return h, fmt.Errorf("clone a helper: %w", err)
	}
	return h, nil
}

// helping is what the helper does: it waits for ever, and no longer than its
// parent lives. Every signal is blocked in it, and none is waited for.
func helping(parent program.FD) program.Program {
	return program.Program{
		program.ParentDeathSignal(program.SIGKILL),
		program.PollIn(parent).Want(0).Gone(1), // a parent that died before that sends none
		program.CloseRange(0, math.MaxUint32),  // or it would hold the gates of others
		program.Sigwait(program.Signals()),
	}
}
