package gatetest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// unavailable returns why a primitive cannot be used on this machine, or nil:
// its gates cannot be made, or the kernel refuses the child a call on its way
// to the wait. A child that merely fails is for the promises to find.
func unavailable(r *rig) error {
	s := r.primitive.Probe(r.board)
	if s.Available == gate.NotAvailable {
		return s.Reason
	}
	r.clear()
	h := r.hold(r.primitive)
	r.until(h, "armed", func(s look) bool { return s.state == ended || r.board.AwaitArmed(h.stage, 1) })
	if r.board.AwaitArmed(h.stage, 1) {
		return nil
	}
	r.check(h.child.Reap())
	o := h.child.Outcome()
	refused := syscall.Errno(o.Errno)
	if o.Verdict == program.Failed && (errors.Is(refused, fs.ErrPermission) || errors.Is(refused, errors.ErrUnsupported)) {
		return fmt.Errorf("%s: the child: %w", r.primitive.Name, refused)
	}
	return nil
}

// missing ends a test for want of an ability: it is skipped, or it fails where
// NSBENCH_TEST_REQUIRE names the ability.
func missing(t *testing.T, ability string, why error) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("NSBENCH_TEST_REQUIRE"), ","), ability) {
		t.Fatalf("%s is required: %v", ability, why)
	}
	t.Skipf("no %s: %v", ability, why)
}
