package sys

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// uringParams is struct io_uring_params of io_uring_setup(2), which x/sys does
// not have; a test holds it, and the constants below, to the kernel's header.
type uringParams struct {
	sqEntries, cqEntries, flags, threadCPU, threadIdle, features, wqFD uint32
	_                                                                  [3]uint32

	sq struct {
		head, tail, mask, entries, flags, dropped, array, _ uint32
		userAddr                                            uint64
	}
	cq struct {
		head, tail, mask, entries, overflow, cqes, flags, _ uint32
		userAddr                                            uint64
	}
}

// An uringEntry is struct io_uring_sqe as far as a read needs it.
type uringEntry struct {
	opcode, flags uint8
	ioprio        uint16
	fd            int32
	offset        uint64
	addr          uint64
	length        uint32
	_             [36]byte
}

const (
	uringRead        = 22         // IORING_OP_READ
	uringFixed       = 1          // IOSQE_FIXED_FILE
	uringRegister    = 2          // IORING_REGISTER_FILES
	uringEntries     = 0x10000000 // IORING_OFF_SQES
	uringCompletion  = 16         // the size of struct io_uring_cqe
	uringResultAt    = 8          // where its res is
	uringHere        = ^uint64(0)
	uringArrayMember = 4
)

// An Uring is an io_uring with one entry.
type Uring struct {
	FD     int
	Size   int // in bytes, of what is to be mapped at offset 0, IORING_OFF_SQ_RING
	Result int // where in it the result of the first completion will be
}

// NewUring makes an io_uring whose one entry, ready to be submitted, reads a
// byte from a file to an address of the process that submits it. The file is
// the ring's own from now on, so that this process need not have it.
// io_uring_setup(2), io_uring_register(2), Linux 5.6.
func NewUring(from int, to uintptr) (u Uring, err error) {
	var p uringParams
	fd, _, errno := unix.Syscall(unix.SYS_IO_URING_SETUP, 1, uintptr(unsafe.Pointer(&p)), 0)
	if errno != 0 {
		return u, os.NewSyscallError("io_uring_setup", errno)
	}
	u = Uring{
		FD:     int(fd),
		Size:   int(max(p.sq.array+p.sqEntries*uringArrayMember, p.cq.cqes+p.cqEntries*uringCompletion)),
		Result: int(p.cq.cqes + uringResultAt),
	}
	if err := u.setUp(&p, from, to); err != nil {
		return Uring{}, errors.Join(err, Close(u.FD))
	}
	return u, nil
}

func (u Uring) setUp(p *uringParams, from int, to uintptr) error {
	files := [1]int32{int32(from)}
	_, _, errno := unix.Syscall6(unix.SYS_IO_URING_REGISTER, uintptr(u.FD), uringRegister, uintptr(unsafe.Pointer(&files)), uintptr(len(files)), 0, 0)
	if errno != 0 {
		return os.NewSyscallError("io_uring_register", errno)
	}
	err := u.prepare(p, uringEntry{opcode: uringRead, flags: uringFixed, fd: 0, offset: uringHere, addr: uint64(to), length: 1})
	if err != nil {
		return fmt.Errorf("map an io_uring: %w", err)
	}
	return nil
}

// prepare writes the entry, and moves the tail of the submissions behind it.
func (u Uring) prepare(p *uringParams, e uringEntry) error {
	ring, err := unix.Mmap(u.FD, 0, u.Size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return os.NewSyscallError("mmap", err)
	}
	entries, err := unix.Mmap(u.FD, uringEntries, int(unsafe.Sizeof(e)), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return errors.Join(os.NewSyscallError("mmap", err), unmap(ring))
	}
	*(*uringEntry)(unsafe.Pointer(&entries[0])) = e
	binary.NativeEndian.PutUint32(ring[p.sq.array:], 0)
	binary.NativeEndian.PutUint32(ring[p.sq.tail:], 1) // nobody else looks at it yet
	return errors.Join(unmap(entries), unmap(ring))
}

func unmap(mem []byte) error { return os.NewSyscallError("munmap", unix.Munmap(mem)) }
