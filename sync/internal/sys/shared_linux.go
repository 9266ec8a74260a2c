package sys

import (
	"errors"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sharedBases are where shared memory is looked for room. A process that executes
// this program anew has to find the same addresses free, so they are ones at which
// nothing is mapped that nobody has asked for. The Go heap begins anywhere in the
// lower 46 bits of addresses, or 47 on arm64 (runtime/malloc.go, mallocinit); the
// race detector has its shadow there, too (LLVM's tsan_platform.h, MappingGo...);
// the kernel begins at a third of all addresses, or comes down from their end (its
// arch/*/include/asm/processor.h, TASK_UNMAPPED_BASE), and programs lie below 4 GiB
// or, where they can be moved, above two thirds (asm/elf.h, ELF_ET_DYN_BASE).
func sharedBases() []uintptr {
	if runtime.GOARCH == "arm64" {
		return []uintptr{0x9000_0000_0000, 0x20_0000_0000} // of 48 bits; of 39, where the heap begins at 0x40_0000_0000
	}
	return []uintptr{0x4800_0000_0000} // of 47 bits
}

// Shared memory begins at multiples of sharedStep, and at one of so many.
const (
	sharedStep   = 1 << 20
	sharedPlaces = 1 << 12
)

// MapShared maps size bytes of zeroed memory that children share, and the file
// behind it, which another process can map at the same address by MapSharedAt.
// Where no such file can be made or mapped there is none, and fd is -1.
// memfd_create(2), mmap(2).
func MapShared(size int) (mem []byte, fd int, err error) {
	if fd, err = sharedFile(size); err != nil {
		mem, err = Map(size)
		return mem, -1, err
	}
	if mem, err = mapAnywhere(fd, size); err == nil {
		return mem, fd, nil
	}
	if err = Close(fd); err == nil {
		mem, err = Map(size)
	}
	return mem, -1, err
}

// mapAnywhere maps a file at the first address that is free.
func mapAnywhere(fd, size int) (mem []byte, err error) {
	err = unix.ENOMEM
	step := uintptr(max(size+sharedStep-1, sharedStep)) / sharedStep * sharedStep
	for _, base := range sharedBases() {
		for at := base; at < base+sharedPlaces*step; at += step {
			mem, err = MapSharedAt(fd, at, size)
			if err == nil {
				return mem, nil
			}
			if !errors.Is(err, unix.EEXIST) {
				break // such as ENOMEM, where there are no such addresses
			}
		}
	}
	return nil, err
}

// MapSharedAt maps size bytes of a file, shared, at an address and nowhere else:
// where something is mapped the error is EEXIST. mmap(2), MAP_FIXED_NOREPLACE.
func MapSharedAt(fd int, at uintptr, size int) ([]byte, error) {
	p, err := unix.MmapPtr(fd, 0, unsafe.Add(nil, at), uintptr(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_FIXED_NOREPLACE)
	if err != nil {
		return nil, os.NewSyscallError("mmap", err)
	}
	mem := unsafe.Slice((*byte)(p), size)
	if uintptr(p) != at { // Linux before 4.17 takes the address for a wish
		return nil, errors.Join(unix.EEXIST, UnmapShared(mem))
	}
	return mem, nil
}

// UnmapShared undoes MapShared and MapSharedAt. It leaves the file. munmap(2).
func UnmapShared(mem []byte) error {
	return os.NewSyscallError("munmap", unix.MunmapPtr(unsafe.Pointer(unsafe.SliceData(mem)), uintptr(len(mem))))
}

// sharedFile makes a file in memory of size bytes that are 0.
func sharedFile(size int) (fd int, err error) {
	// A file that grows beyond that limit kills its process. setrlimit(2), RLIMIT_FSIZE.
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &limit); err != nil || uint64(size) > limit.Cur {
		return -1, errors.Join(err, unix.EFBIG)
	}
	// vm.memfd_noexec may demand that it cannot be executed; Linux before 6.3
	// does not know of it.
	const name = "nsbench-board"
	fd, err = unix.MemfdCreate(name, unix.MFD_CLOEXEC|unix.MFD_NOEXEC_SEAL)
	if errors.Is(err, unix.EINVAL) {
		fd, err = unix.MemfdCreate(name, unix.MFD_CLOEXEC)
	}
	if err != nil {
		return -1, os.NewSyscallError("memfd_create", err)
	}
	if err := unix.Ftruncate(fd, int64(size)); err != nil {
		return -1, errors.Join(os.NewSyscallError("ftruncate", err), Close(fd))
	}
	return fd, nil
}
