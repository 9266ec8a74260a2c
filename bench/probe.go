package bench

import (
	"errors"
	"fmt"
	"syscall"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/program"
)

// A SideError says which operation of which side of a gate failed.
type SideError struct {
	Namespaces launch.Namespaces
	Side       string // "child" or "parent"
	Stage      int    // from 0
	Op         program.Op
	Outcome    program.Outcome
}

func (e *SideError) Error() string {
	where := "in no new namespace"
	if e.Namespaces != 0 {
		where = fmt.Sprintf("in new namespaces %v", e.Namespaces)
	}
	if e.Stage > 0 {
		where += fmt.Sprintf(", at stage %d", e.Stage+1)
	}
	how := fmt.Sprintf("has the result %d", e.Outcome.Result)
	if e.Outcome.Errno != 0 {
		how = e.Outcome.Errno.String()
	}
	return fmt.Sprintf("%s, the %s: %v: %s", where, e.Side, e.Op.Bare(), how)
}

// Unwrap returns the kernel's reason, if it gave one.
func (e *SideError) Unwrap() error {
	if e.Outcome.Errno == 0 {
		return nil
	}
	return syscall.Errno(e.Outcome.Errno)
}

// ErrNotHeld says that a child went on before it was released.
var ErrNotHeld = errors.New("the child goes on before it is released")
