package gate

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"github.com/nsbench/nsbench/sync/program"
)

// Three answers: a limit that is reached says nothing about the kernel.
func TestProbeOfWhatCannotBeMade(t *testing.T) {
	for _, test := range []struct {
		err  error
		want Availability
	}{
		{syscall.ENOSYS, NotAvailable},
		{syscall.EPERM, NotAvailable},
		{fs.ErrPermission, NotAvailable},
		{errors.ErrUnsupported, NotAvailable},
		{syscall.EMFILE, NotKnown},
		{program.ErrBoardFull, NotKnown},
	} {
		p := Primitive{Name: "p", New: func(*program.Board) (Gate, error) { return nil, fmt.Errorf("make: %w", test.err) }}
		got := p.Probe(nil)
		if got.Available != test.want || !errors.Is(got.Reason, test.err) {
			t.Errorf("%v: %v, %v; want %v and the reason", test.err, got.Available, got.Reason, test.want)
		}
		if want := "p: make: "; got.Reason != nil && got.Reason.Error()[:len(want)] != want {
			t.Errorf("reason = %q, want the primitive's name in front", got.Reason)
		}
	}
}

// What cannot be freed again is not what a user should be sent to.
func TestProbeOfWhatCannotBeClosed(t *testing.T) {
	p := Primitive{Name: "p", New: func(*program.Board) (Gate, error) { return stuck{}, nil }}
	if got := p.Probe(nil); got.Available != NotKnown || !errors.Is(got.Reason, errStuck) {
		t.Errorf("%v, %v; want that it could not be found out", got.Available, got.Reason)
	}
}

var errStuck = errors.New("stuck")

type stuck struct{}

func (stuck) Wait() program.Program                { return nil }
func (stuck) Release(program.Peer) program.Program { return nil }
func (stuck) Close(...program.Program) error       { return errStuck }
