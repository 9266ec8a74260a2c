package program

import (
	"errors"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/internal/sys"
)

// A Handle is what a process is told of a board that another one has made, to open
// it. It is plain data: both may be of any kind that numbers can be passed by.
type Handle struct {
	FD    int     // descriptor of the file behind the board, which the other must have by the same number
	Base  uintptr // address at which the board lies in each process that has it
	Clock Clock   // what its stamps are read from
}

// Handle tells another process of this program of the board; see [OpenBoard]. Its
// descriptor is closed by an execve, so whoever executes that process passes it on.
// The error is errors.ErrUnsupported where the board has no file.
func (b *Board) Handle() (Handle, error) {
	if b.fd < 0 {
		return Handle{}, noFile("board")
	}
	return Handle{b.fd, b.base(), b.clock}, nil
}

func noFile(call string) error {
	return fmt.Errorf("%s: the board has no file that another process could map: %w", call, errors.ErrUnsupported)
}

// base is the address at which the board lies.
func (b *Board) base() uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b.mem))) }

// OpenBoard maps a board that another process has made at the address at which that
// one has it, and clears all of it, whatever is left there of whoever used it before.
// From then on what is loaded here is what the other sees there, and the descriptor
// is the board's: it is closed by an execve, and by Close.
//
// Each of the two gives space out by itself, and only this one is to Load. The other
// looks on: before this one opens the board it has called Reset for as many stages,
// and Word and Memory as this one will, and so has them at the same places. A code
// that is loaded here it finds by [Board.CodeAt].
func OpenBoard(h Handle) (*Board, error) {
	if h.Clock > Syscall {
		return nil, fmt.Errorf("open a board: no such clock: %d", h.Clock)
	}
	mem, err := mapBoard(h.FD, h.Base)
	if err != nil {
		return nil, fmt.Errorf("open a board: %w", err)
	}
	if _, err := unix.FcntlInt(uintptr(h.FD), unix.F_SETFD, unix.FD_CLOEXEC); err != nil {
		return nil, errors.Join(fmt.Errorf("open a board: %w", os.NewSyscallError("fcntl", err)), sys.UnmapShared(mem))
	}
	wipe(mem)
	return &Board{mem: mem, fd: h.FD, clock: h.Clock, used: wordsStart}, nil
}

// wipe clears the memory of a file. It gives the pages back: to write to each takes a
// fault for each, and most are not used again. madvise(2), MADV_REMOVE.
func wipe(mem []byte) {
	if err := unix.Madvise(mem, unix.MADV_REMOVE); err != nil {
		clear(mem)
	}
}

// mapBoard maps the file of a board, as long as it is, at an address.
func mapBoard(fd int, base uintptr) ([]byte, error) {
	var file unix.Stat_t
	if err := unix.Fstat(fd, &file); err != nil {
		return nil, fmt.Errorf("descriptor %d of the board: %w", fd, os.NewSyscallError("fstat", err))
	}
	mem, err := sys.MapSharedAt(fd, base, int(file.Size))
	if err != nil {
		return nil, fmt.Errorf("map the board of %d bytes at %#x: %w", file.Size, base, err)
	}
	return mem, nil
}

// Handle is where in its board the code is, for [Board.CodeAt] in another process
// that has the board. It is never 0.
func (c Code) Handle() uint64 { return uint64(uintptr(unsafe.Pointer(c.frame)) - c.base) }

// CodeAt returns the code of that handle, which another process has loaded into this
// board, to read its Outcome. What it cannot be is an error; what lies there after
// the other has reset the board is not known here.
//
// An Outcome is read when the process of the code has ended: while it lives, one
// other than Unfinished may still be in part what it was before. The code is not one
// to run here, and [Code.Unmap] of it does nothing.
func (b *Board) CodeAt(handle uint64) (Code, error) {
	if handle < wordsStart || handle%frameAlign != 0 || handle > uint64(len(b.mem)) || handle+uint64(frameSize) > uint64(len(b.mem)) {
		return Code{}, fmt.Errorf("there is no code at %d of the board, which has %d bytes", handle, len(b.mem))
	}
	return Code{frame: (*frame)(b.at(int(handle))), base: b.base()}, nil
}
