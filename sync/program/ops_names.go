package program

import (
	"fmt"
	"unsafe"
)

// MqOpen opens a POSIX message queue that exists, and has its descriptor as the
// result. The name is without the slash before it that the library's function
// asks for. mq_open(3), NOTES.
func MqOpen(name string) Op {
	return syscallOp(callMqOpen, cString(name), named(int64(ReadWrite)|oCloexec, ReadWrite.String()+"|O_CLOEXEC"), number(0), null())
}

// Semget looks for the set of one semaphore that has a key, and has its
// identifier as the result. semget(2).
func Semget(key uint32) Op { return syscallOp(callSemget, keyed(key), number(1), number(0)) }

// Msgget looks for the message queue that has a key, and has its identifier as
// the result. msgget(2).
func Msgget(key uint32) Op { return syscallOp(callMsgget, keyed(key), number(0)) }

func keyed(key uint32) operand { return named(int64(key), fmt.Sprintf("%#x", key)) }

// InotifyInit makes an inotify descriptor that watches nothing yet, and has it as
// the result. inotify_init(2).
func InotifyInit() Op { return syscallOp(callInotifyInit, named(oCloexec, "IN_CLOEXEC")) }

// WatchCreations has an inotify descriptor watch what is created in a directory.
// inotify_add_watch(2).
func WatchCreations(inotify File, dir string) Op {
	return syscallOp(callInotifyWatch, inotify.file(), cString(dir), named(inCreateDir, "IN_CREATE|IN_ONLYDIR"))
}

// PidfdOpen makes a pidfd of a process by its process ID, and has it as the
// result. pidfd_open(2), Linux 5.3.
func PidfdOpen(of Process) Op { return syscallOp(callPidfdOpen, of.process(), number(0)) }

// Dup makes a descriptor that names the same as another, by a number that is known.
// Where something is open by that number it is closed. dup(2), dup3.
func Dup(fd File, to FD) Op {
	return syscallOp(callDup, fd.file(), to.file(), named(oCloexec, "O_CLOEXEC")).Want(int64(to.N))
}

// MapAnew maps the board at the place where it is from a descriptor that somebody
// has opened: until then the child has it from its parent. The code that runs lies
// in it, and goes on, for what is mapped is the same. mmap(2), MAP_FIXED.
func (b *Board) MapAnew(fd File) Op {
	at := int64(uintptr(unsafe.Pointer(unsafe.SliceData(b.mem))))
	return syscallOp(callMmap, named(at, "board"), number(int64(len(b.mem))), named(protRW, "PROT_READ|PROT_WRITE"),
		named(mapShared|mapFixed, "MAP_SHARED|MAP_FIXED"), fd.file(), number(0)).Want(at)
}
