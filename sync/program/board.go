package program

import (
	"errors"
	"fmt"
	"os"
	"unsafe"

	"github.com/nsbench/nsbench/sync/internal/sys"
)

// A Clock is what the stamps on a board are read from.
type Clock uint8

const (
	// Counter is the cycle counter. A stamp is a number of its ticks.
	Counter Clock = iota
	// Syscall is clock_gettime(CLOCK_MONOTONIC) as a raw system call, for
	// machines whose counter cannot be trusted. A stamp is in nanoseconds.
	// The vDSO would be faster, but the Go runtime calls it on a stack that
	// the child does not have.
	Syscall
)

// A Board is the memory that both sides share: the stages with their stamps,
// the words of gates, and the code of both sides. It is mapped shared, so a
// copy-on-write clone does not copy it and both sides see the same. There is a
// file behind it, from which a process that executes this program anew maps it
// at the same address; see [Reexecute]. So a board takes one descriptor.
//
// Space is given out from the bottom up and taken back all at once by Reset:
// one board serves one child after another.
type Board struct {
	mem    []byte
	fd     int // the file behind it, or -1; see Reexecute
	used   int
	stages int
	clock  Clock
}

// Words lie at multiples of wordSize: two cache lines, since they are fetched
// in pairs. The first of them is never given out, so that offset 0 is no word.
const (
	wordSize   = 128
	wordsStart = wordSize
)

// ErrBoardFull says that a board is too small for what is asked of it.
var ErrBoardFull = errors.New("board full")

// NewBoard maps a board of so many bytes, rounded up to whole pages.
func NewBoard(size int, clock Clock) (*Board, error) {
	page := os.Getpagesize()
	mem, fd, err := sys.MapShared((size + page - 1) / page * page)
	if err != nil {
		return nil, fmt.Errorf("map a board of %d bytes: %w", size, err)
	}
	return &Board{mem: mem, fd: fd, clock: clock, used: wordsStart}, nil
}

// File is the descriptor of the file behind the board, negative where there is none:
// what a process that executes this program anew must still have.
func (b *Board) File() FD { return FD{"board", b.fd} }

// Close unmaps the board. No child may be left that uses it.
func (b *Board) Close() error {
	mem, fd := b.mem, b.fd
	b.mem, b.fd = nil, -1
	err := sys.UnmapShared(mem)
	if fd >= 0 {
		err = errors.Join(err, sys.Close(fd))
	}
	return err
}

// Reset takes all space back, clears it, and sets up the given number of stages.
func (b *Board) Reset(stages int) error {
	clear(b.mem[:b.used])
	b.used, b.stages = wordsStart, 0
	if _, err := b.take(stages*int(stageSize), wordSize); err != nil {
		return err
	}
	b.stages = stages
	return nil
}

// Word gives out a word, with the value 0, on a pair of cache lines of its own.
func (b *Board) Word(name string) (Word, error) {
	offset, err := b.take(wordSize, wordSize)
	return Word{name, offset}, err
}

// Memory gives out size bytes that are 0, on cache lines of their own.
func (b *Board) Memory(name string, size int) (Memory, error) {
	if size < 0 {
		return Memory{}, fmt.Errorf("%w: a memory of %d bytes", ErrBoardFull, size)
	}
	size = (size + wordSize - 1) / wordSize * wordSize
	offset, err := b.take(size, wordSize)
	return Memory{name, offset, size}, err
}

// Bytes is the memory as this process sees it, until the board is reset.
func (b *Board) Bytes(m Memory) []byte { return b.mem[m.offset : m.offset+m.size] }

// Set stores v into a word, from this process.
func (b *Board) Set(w Word, v uint32) { sys.Store32(uintptr(b.at(w.offset)), v) }

// Stage returns stage i, from 0. The child writes to it while it runs.
func (b *Board) Stage(i int) *Stage {
	if i < 0 || i >= b.stages {
		panic(fmt.Sprintf("program: stage %d of %d", i, b.stages))
	}
	return (*Stage)(b.at(wordsStart + i*int(stageSize)))
}

// Value returns what the word holds.
func (b *Board) Value(w Word) uint32 { return sys.Load32(uintptr(b.at(w.offset))) }

// take gives out n bytes at a multiple of align.
func (b *Board) take(n, align int) (offset int, err error) {
	offset = (b.used + align - 1) / align * align
	if n < 0 || offset+n > len(b.mem) {
		return 0, fmt.Errorf("%w: %d of %d bytes used, %d more asked for", ErrBoardFull, b.used, len(b.mem), n)
	}
	b.used = offset + n
	return offset, nil
}

func (b *Board) at(offset int) unsafe.Pointer { return unsafe.Pointer(&b.mem[offset]) }

// AwaitArmed looks at most n times, with a pause of the CPU in between,
// whether stage i is armed, and reports whether it is. It loads and does
// nothing else, so it is for a side that has a CPU of its own.
func (b *Board) AwaitArmed(i int, n uint64) bool {
	return sys.AwaitNonzero64(uintptr(unsafe.Pointer(&b.Stage(i).Armed)), n)
}
