package bench

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/program"
)

// A payload is how the parent of a child that executes a program at its end sees
// that it does: a pipe, whose write end the child alone has, and which the kernel
// closes when it executes. execve(2), O_CLOEXEC of open(2). The child of a vfork
// tells the same by letting its parent go on; but then a parent could do nothing
// meanwhile, and least of all release it.
type payload struct{ r, w program.FD }

func newPayload() (*payload, error) {
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
		return nil, fmt.Errorf("payload: %w", os.NewSyscallError("pipe2", err))
	}
	return &payload{program.FD{Name: "executed", N: p[0]}, program.FD{Name: "execute", N: p[1]}}, nil
}

// started closes this process's write end when the child has its own, or both
// ends if there is none.
func (p *payload) started(is bool) error {
	err := os.NewSyscallError("close", unix.Close(p.w.N))
	if !is {
		err = errors.Join(err, p.close())
	}
	return err
}

func (p *payload) close() error { return os.NewSyscallError("close", unix.Close(p.r.N)) }

// awaited is the parent's wait for the child to execute, or to end.
func (p *payload) awaited() program.Op { return program.Read(p.r, 1).Want(0) }

// await is the same where there is no program to do it.
func (p *payload) await() error {
	for {
		_, err := unix.Read(p.r.N, make([]byte, 1))
		if !errors.Is(err, unix.EINTR) {
			return os.NewSyscallError("read", err)
		}
	}
}

// emptyStreams gives a child standard streams that are empty and swallow what is
// written to them: its own were closed, and the results of a run are not to be
// mixed with those of a payload. The lowest numbers are free.
func emptyStreams() program.Program {
	null := program.Open("/dev/null", program.ReadWrite)
	return program.Program{null.Want(0), null.Want(1), null.Want(2)}
}

// payloadHost is the name that a child gives its host before it executes.
const payloadHost = "nsbench"

// execute is what a child does after its last stage: it is the seed's, which sets
// the name of a host that is its own.
func (sc *scene) execute(argv []string) program.Program {
	var p program.Program
	if sc.namespaces&launch.UTS != 0 {
		p = append(p, program.Sethostname(payloadHost))
	}
	return append(p, program.Exec(argv[0], argv, os.Environ()))
}

// payloadSize is what the vectors of an execve take in a board, with room for
// their alignment.
func payloadSize(argv []string) (n int) {
	if argv == nil {
		return 0
	}
	for _, s := range append(os.Environ(), argv...) {
		n += len(s) + 32
	}
	return n
}
