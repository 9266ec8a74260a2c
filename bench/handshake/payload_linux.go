package handshake

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/program"
)

// The payload is a program that ends at once: what a runtime executes is no part of
// its handshake, and a program that had to be loaded and linked would take longer than
// that. It is in a file in memory, which a process in an empty root can execute, too.
// elf(5), execveat(2).

// code is exit_group(0).
var code = map[string][]byte{
	"amd64": {0xb8, 0xe7, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05},                            // mov eax, 231; xor edi, edi; syscall
	"arm64": {0xc8, 0x0b, 0x80, 0xd2, 0x00, 0x00, 0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4}, // mov x8, #94; mov x0, #0; svc #0
}

var machine = map[string]uint16{"amd64": 62, "arm64": 183} // EM_X86_64, EM_AARCH64

// elf is an executable with one segment.
func elf() []byte {
	const (
		base       = 0x400000
		headers    = 64 + 56
		executable = 2 // ET_EXEC
		load       = 1 // PT_LOAD
		readExec   = 5
	)
	text := code[runtime.GOARCH]
	order := binary.LittleEndian
	b := append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 9)...)
	b = order.AppendUint16(b, executable)
	b = order.AppendUint16(b, machine[runtime.GOARCH])
	b = order.AppendUint32(b, 1)
	b = order.AppendUint64(b, base+headers) // the entry
	b = order.AppendUint64(b, 64)           // where the program headers are
	b = order.AppendUint64(b, 0)
	b = order.AppendUint32(b, 0)
	for _, v := range []uint16{64, 56, 1, 0, 0, 0} {
		b = order.AppendUint16(b, v)
	}
	b = order.AppendUint32(b, load)
	b = order.AppendUint32(b, readExec)
	size := uint64(headers + len(text))
	for _, v := range []uint64{0, base, base, size, size, 0x1000} {
		b = order.AppendUint64(b, v)
	}
	return append(b, text...)
}

// newPayload makes the file, to be closed. It is opened anew for reading: what somebody
// has open for writing is not executed. memfd_create(2).
func newPayload() (_ program.FD, err error) {
	fd, err := unix.MemfdCreate("payload", unix.MFD_CLOEXEC|unix.MFD_EXEC)
	if errors.Is(err, unix.EINVAL) { // before Linux 6.3
		fd, err = unix.MemfdCreate("payload", unix.MFD_CLOEXEC)
	}
	if err != nil {
		return program.FD{}, fmt.Errorf("payload: %w", os.NewSyscallError("memfd_create", err))
	}
	defer func() { err = errors.Join(err, unix.Close(fd)) }()
	if _, err = unix.Write(fd, elf()); err != nil {
		return program.FD{}, fmt.Errorf("payload: %w", os.NewSyscallError("write", err))
	}
	if err = unix.Fchmod(fd, 0o755); err != nil {
		return program.FD{}, fmt.Errorf("payload: %w", os.NewSyscallError("fchmod", err))
	}
	path := fmt.Sprintf("/proc/self/fd/%d", fd)
	r, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return program.FD{}, fmt.Errorf("payload: %w", &os.PathError{Op: "open", Path: path, Err: err})
	}
	return program.FD{Name: "payload", N: r}, nil
}
