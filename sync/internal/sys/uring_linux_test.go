package sys

import (
	"encoding/binary"
	"errors"
	"os"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/google/go-cmp/cmp"
)

func TestUringAsInTheHeader(t *testing.T) {
	var p uringParams
	var e uringEntry
	inHeaders(t, []string{"linux/io_uring.h"}, map[string]uint64{
		"IORING_OP_READ":                             uringRead,
		"IOSQE_FIXED_FILE":                           uringFixed,
		"IORING_REGISTER_FILES":                      uringRegister,
		"IORING_OFF_SQ_RING":                         0,
		"IORING_OFF_SQES":                            uringEntries,
		"sizeof(struct io_uring_cqe)":                uringCompletion,
		"offsetof(struct io_uring_cqe, res)":         uringResultAt,
		"sizeof(struct io_uring_params)":             uint64(unsafe.Sizeof(p)),
		"offsetof(struct io_uring_params, features)": uint64(unsafe.Offsetof(p.features)),
		"offsetof(struct io_uring_params, sq_off)":   uint64(unsafe.Offsetof(p.sq)),
		"offsetof(struct io_uring_params, cq_off)":   uint64(unsafe.Offsetof(p.cq)),
		"offsetof(struct io_sqring_offsets, tail)":   uint64(unsafe.Offsetof(p.sq.tail)),
		"offsetof(struct io_sqring_offsets, array)":  uint64(unsafe.Offsetof(p.sq.array)),
		"offsetof(struct io_cqring_offsets, cqes)":   uint64(unsafe.Offsetof(p.cq.cqes)),
		"sizeof(struct io_uring_sqe)":                uint64(unsafe.Sizeof(e)),
		"offsetof(struct io_uring_sqe, flags)":       uint64(unsafe.Offsetof(e.flags)),
		"offsetof(struct io_uring_sqe, fd)":          uint64(unsafe.Offsetof(e.fd)),
		"offsetof(struct io_uring_sqe, off)":         uint64(unsafe.Offsetof(e.offset)),
		"offsetof(struct io_uring_sqe, addr)":        uint64(unsafe.Offsetof(e.addr)),
		"offsetof(struct io_uring_sqe, len)":         uint64(unsafe.Offsetof(e.length)),
	})
}

// The ring reads from a file that this process has closed, to where it was told
// to, and its result is where it says.
func TestUring(t *testing.T) {
	const enterGetEvents = 1
	r, w, err := Pipe()
	if err != nil {
		t.Fatal(err)
	}
	to, err := Map(1)
	if err != nil {
		t.Fatal(err)
	}
	u, err := NewUring(r, uintptr(unsafe.Pointer(&to[0])))
	if errors.Is(err, os.ErrPermission) || errors.Is(err, unix.ENOSYS) {
		missing(t, "io_uring", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := Close(r); err != nil {
		t.Error(err)
	}
	if _, err := unix.Write(w, []byte{42}); err != nil {
		t.Fatal(err)
	}
	n, _, errno := unix.Syscall6(unix.SYS_IO_URING_ENTER, uintptr(u.FD), 1, 1, enterGetEvents, 0, 0)
	if n != 1 || errno != 0 {
		t.Fatalf("io_uring_enter = %d, %v; want 1", n, errno)
	}
	ring, err := unix.Mmap(u.FD, 0, u.Size, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	if got := binary.NativeEndian.Uint32(ring[u.Result:]); got != 1 || to[0] != 42 {
		t.Errorf("result %d, byte %d; want 1, 42", int32(got), to[0])
	}
	if err := errors.Join(unmap(ring), UnmapShared(to), Close(u.FD), Close(w)); err != nil {
		t.Error(err)
	}
}

// A ring that cannot be set up is not left open.
func TestUringOfNoFile(t *testing.T) {
	before := openFiles(t)
	_, err := NewUring(-2, 0)
	if errors.Is(err, os.ErrPermission) || errors.Is(err, unix.ENOSYS) {
		missing(t, "io_uring", err)
	}
	if !errors.Is(err, unix.EBADF) {
		t.Errorf("%v, want EBADF", err)
	}
	if diff := cmp.Diff(before, openFiles(t)); diff != "" {
		t.Errorf("descriptors (-before +after):\n%s", diff)
	}
}
