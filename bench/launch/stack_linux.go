package launch

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// stackSize is far more than the interpreter's chain of nosplit calls and one
// frame of a signal can use, which with the registers of AVX-512 and AMX takes
// 11 KB: all that is not touched is not there.
const stackSize = 64 << 10

// A stack is that of a child, with a page below it that nobody may touch.
type stack struct{ all, usable []byte }

func mapStack() (stack, error) {
	guard := os.Getpagesize()
	all, err := unix.Mmap(-1, 0, guard+stackSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_STACK)
	if err != nil {
		return stack{}, os.NewSyscallError("mmap", err)
	}
	s := stack{all, all[guard:]}
	if err := unix.Mprotect(all[:guard], unix.PROT_NONE); err != nil {
		return stack{}, errors.Join(os.NewSyscallError("mprotect", err), s.unmap())
	}
	return s, nil
}

func (s stack) unmap() error { return os.NewSyscallError("munmap", unix.Munmap(s.all)) }

// stacks are those of children that share this process's memory and are alive
// at the same time: each needs its own. Those that are idle are given out again,
// the last one first: it is in the caches.
type stacks struct{ idle []stack }

func (s *stacks) take() (stack, error) {
	n := len(s.idle)
	if n == 0 {
		return mapStack()
	}
	top := s.idle[n-1]
	s.idle = s.idle[:n-1]
	return top, nil
}

func (s *stacks) give(back stack) { s.idle = append(s.idle, back) }

// unmap unmaps those that are idle.
func (s *stacks) unmap() error {
	var errs []error
	for _, idle := range s.idle {
		errs = append(errs, idle.unmap())
	}
	s.idle = nil
	return errors.Join(errs...)
}
