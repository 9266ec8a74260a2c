package program

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/internal/sys"
)

// Run runs a code in this process, on this thread. Lock the thread first
// (runtime.LockOSThread) if the code has to do with it.
func Run(c Code) Outcome {
	interpret(unsafe.Pointer(c.frame))
	return c.Outcome()
}

// enter is where a child begins: it runs the code whose frame it is given, and
// exits with a status that tells the verdict, for those who trace it; the
// outcome itself is in the board.
//
//go:nosplit
//go:norace
//go:nocheckptr
func enter(code unsafe.Pointer) {
	interpret(code)
	f := (*frame)(code)
	for {
		_, _, _ = syscall.RawSyscall6(unix.SYS_EXIT_GROUP, uintptr(f.verdict), 0, 0, 0, 0, 0)
	}
}

// enterThread is enter for a thread of a process that goes on without it.
//
//go:nosplit
//go:norace
//go:nocheckptr
func enterThread(code unsafe.Pointer) {
	interpret(code)
	f := (*frame)(code)
	for {
		_, _, _ = syscall.RawSyscall6(unix.SYS_EXIT, uintptr(f.verdict), 0, 0, 0, 0, 0)
	}
}

// spawnEntry is where what is spawned begins.
func spawnEntry(thread bool) uintptr {
	if thread {
		return sys.Entry(enterThread)
	}
	return sys.Entry(enter)
}

// spawn is a function of its own, lest what it needs be kept ready for each step.
//
//go:nosplit
//go:norace
//go:nocheckptr
//go:noinline
func spawn(s *step) (pid uintptr, errno syscall.Errno) {
	pid, failed := sys.Clone3(s.args[0], s.args[1], s.args[2], s.args[3])
	return pid, syscall.Errno(failed)
}

// interpret runs the steps behind a frame until one does not go as wanted.
//
// It may run in a child without a Go runtime: it and all that it calls are
// nosplit, touch no heap, no stack but their own and no goroutine, and have no
// instrumentation. It is one function, because each call would take from the
// 800 bytes of stack that the linker grants to a chain of nosplit functions,
// and because what stands between a wait and the stamp behind it is measured.
//
//go:nosplit
//go:norace
//go:nocheckptr
func interpret(code unsafe.Pointer) {
	f := (*frame)(code)
	s := (*step)(unsafe.Add(code, frameSize))
	for n := f.steps; n > 0; n-- {
		var r uintptr
		var errno syscall.Errno
		switch s.do {
		case doStamp:
			sys.Store64(s.args[0], sys.Cycles())
		case doClock:
			_, _, _ = syscall.RawSyscall6(unix.SYS_CLOCK_GETTIME, unix.CLOCK_MONOTONIC, uintptr(unsafe.Pointer(&f.scratch)), 0, 0, 0, 0)
			sys.Store64(s.args[0], uint64(f.scratch.Sec*1e9+f.scratch.Nsec))
		case doStore:
			sys.Store32(s.args[0], uint32(s.args[1]))
		case doSpin:
			sys.SpinUntil32(s.args[0], uint32(s.args[1]))
		case doPause:
			for !sys.Await32(s.args[0], uint32(s.args[1]), 1<<30) {
				continue
			}
		case doSpinFor:
			sys.Await32(s.args[0], uint32(s.args[1]), uint64(s.args[2]))
		case doLoad:
			r = uintptr(int64(int32(sys.Load32(s.args[0] + s.args[1]))))
		case doMove:
			sys.Store64(s.args[0], sys.Load64(s.args[1]))
		case doAddress:
			sys.Store64(s.args[0], uint64(s.args[1]))
		case doFetch:
			sys.Store64(s.args[1], sys.Load64(s.args[0]))
		case doWhile:
			for sys.Load32(s.word) == uint32(s.old) {
				_, _, errno = syscall.RawSyscall6(s.nr, s.args[0], s.args[1], s.args[2], s.args[3], s.args[4], s.args[5])
				if errno != unix.EINTR && errno != unix.EAGAIN && errno != 0 {
					break
				}
				errno = 0
			}
		case doEvery:
			for {
				r, _, errno = syscall.RawSyscall6(s.nr, s.args[0], s.args[1], s.args[2], s.args[3], s.args[4], s.args[5])
				if uintptr(errno) != s.old {
					break
				}
				_, _, _ = syscall.RawSyscall6(unix.SYS_NANOSLEEP, s.word, 0, 0, 0, 0, 0)
			}
		case doSleep:
			_, _, _ = syscall.RawSyscall6(unix.SYS_CLOCK_GETTIME, unix.CLOCK_MONOTONIC, uintptr(unsafe.Pointer(&f.scratch)), 0, 0, 0, 0)
			f.scratch.Nsec += int64(sys.Load64(s.args[0] + unsafe.Offsetof(f.scratch.Nsec)))
			f.scratch.Sec += int64(sys.Load64(s.args[0])) + f.scratch.Nsec/1e9
			f.scratch.Nsec %= 1e9
			for {
				_, _, errno = syscall.RawSyscall6(unix.SYS_CLOCK_NANOSLEEP, unix.CLOCK_MONOTONIC, timerAbstime, uintptr(unsafe.Pointer(&f.scratch)), 0, 0, 0)
				if errno != unix.EINTR || s.flags&flagOnce != 0 {
					break
				}
			}
		case doBusy:
			end := sys.Cycles() + uint64(s.args[0])
			_, _, _ = syscall.RawSyscall6(unix.SYS_GETPPID, 0, 0, 0, 0, 0, 0)
			for sys.Cycles() < end {
			}
		case doBusyClock:
			for end := int64(-1); ; {
				_, _, _ = syscall.RawSyscall6(unix.SYS_CLOCK_GETTIME, unix.CLOCK_MONOTONIC, uintptr(unsafe.Pointer(&f.scratch)), 0, 0, 0, 0)
				now := f.scratch.Sec*1e9 + f.scratch.Nsec
				if end < 0 {
					end = now + int64(s.args[0])
				}
				if now >= end {
					break
				}
			}
		case doCall:
			for {
				r, _, errno = syscall.RawSyscall6(s.nr, s.args[0], s.args[1], s.args[2], s.args[3], s.args[4], s.args[5])
				if errno != unix.EINTR || s.eintr != uint32(eintrAgain) {
					break
				}
			}
			if errno == unix.EINTR && s.eintr == uint32(eintrDone) {
				r, errno = 0, 0
			}
		case doWhileOnce:
			for sys.Load32(s.word) == uint32(s.old) {
				_, _, errno = syscall.RawSyscall6(s.nr, s.args[0], s.args[1], s.args[2], s.args[3], s.args[4], s.args[5])
				if errno != unix.EAGAIN && errno != 0 && sys.Load32(s.word) == uint32(s.old) {
					break
				}
				errno = 0
			}
		case doSpawn:
			r, errno = spawn(s)
		case doDecimal:
			at, v := s.args[1], s.args[0]
			for {
				at--
				sys.Store8(at, byte('0'+v%10))
				if v /= 10; v == 0 {
					break
				}
			}
		case doPositive:
			if s.args[0]-1 >= maxPID {
				errno = syscall.Errno(s.old) // and no constant, which the compiler would carry along through each step
			}
		}
		switch {
		case errno != 0 && s.flags&flagTry != 0:
		case errno != 0 && int64(errno) == s.goneErrno, errno == 0 && s.flags&flagGone != 0 && int64(r) == s.gone:
			f.end(uint32(ParentGone), s, r, errno)
			return
		case errno != 0, s.flags&flagWant != 0 && int64(r) != s.want:
			f.end(uint32(Failed), s, r, errno)
			return
		}
		if s.into != 0 && errno == 0 {
			sys.Store64(s.into, uint64(r))
		}
		s = (*step)(unsafe.Add(unsafe.Pointer(s), stepSize))
	}
	f.verdict = uint32(Released)
}

//go:nosplit
//go:norace
//go:nocheckptr
func (f *frame) end(verdict uint32, s *step, r uintptr, errno syscall.Errno) {
	f.part, f.index, f.errno, f.result = s.part, s.index, uint32(errno), int64(r)
	f.verdict = verdict
}
