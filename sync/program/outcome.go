package program

import (
	"fmt"
	"syscall"
)

// A Verdict is how a program ended, in one word.
type Verdict uint8

// The verdicts.
const (
	Unfinished Verdict = iota // it never came to an end: its process was killed, or still runs
	Released                  // every operation went as wanted
	ParentGone                // an operation told that the other side is gone
	Failed                    // an operation failed, or had a result that was not wanted
)

func (v Verdict) String() string {
	switch v {
	case Unfinished:
		return "unfinished"
	case Released:
		return "released"
	case ParentGone:
		return "parent-gone"
	case Failed:
		return "failed"
	}
	return fmt.Sprintf("verdict(%d)", uint8(v))
}

// An Errno is an error number of Linux.
type Errno uint16

// The error numbers that mean something to a program.
const (
	EPERM      Errno = 1
	ENOENT     Errno = 2
	ESRCH      Errno = 3
	EINTR      Errno = 4
	EAGAIN     Errno = 11
	EBUSY      Errno = 16
	ENOSPC     Errno = 28
	ENOSYS     Errno = 38
	EIDRM      Errno = 43
	ECONNRESET Errno = 104
)

func (e Errno) String() string { return syscall.Errno(e).Error() }

// Name is the symbol of an error number that means something to a program.
func (e Errno) Name() string {
	switch e {
	case EPERM:
		return "EPERM"
	case ENOENT:
		return "ENOENT"
	case ESRCH:
		return "ESRCH"
	case EINTR:
		return "EINTR"
	case EAGAIN:
		return "EAGAIN"
	case EBUSY:
		return "EBUSY"
	case ENOSPC:
		return "ENOSPC"
	case ENOSYS:
		return "ENOSYS"
	case EIDRM:
		return "EIDRM"
	case ECONNRESET:
		return "ECONNRESET"
	}
	return fmt.Sprintf("errno %d", uint16(e))
}

// An Outcome is how a program ended, and where.
type Outcome struct {
	Verdict Verdict
	Part    int // the part of the code, from 0; see Board.Load
	Index   int // the operation in that part, from 0; meaningless after Released
	Errno   Errno
	Result  int64 // of the operation, where Errno is 0
}

func (o Outcome) String() string {
	switch {
	case o.Verdict == Released || o.Verdict == Unfinished:
		return o.Verdict.String()
	case o.Errno != 0:
		return fmt.Sprintf("%v: part %d op %d: %v", o.Verdict, o.Part, o.Index, o.Errno)
	}
	return fmt.Sprintf("%v: part %d op %d: result %d", o.Verdict, o.Part, o.Index, o.Result)
}
