package program

import "fmt"

// MapFile maps n bytes of a descriptor from an offset on, shared, and has the
// address as the result. mmap(2). It is freed as that of MapPages is.
func MapFile(fd File, n int, offset int64) Op {
	return syscallOp(callMmap, null(), number(int64(n)), named(protRW, "PROT_READ|PROT_WRITE"),
		named(mapShared, "MAP_SHARED"), fd.file(), operand{kind: operandNumber, val: offset, text: fmt.Sprintf("%#x", offset)})
}

// UringSubmit submits n entries of an io_uring and waits for nothing. io_uring_enter(2).
func UringSubmit(ring File, n int) Op {
	return syscallOp(callUringEnter, ring.file(), number(int64(n)), number(0), number(0), null(), number(signalSetSize)).Want(int64(n))
}

// UringAwait submits nothing and waits for one completion. io_uring_enter(2).
func UringAwait(ring File) Op {
	return syscallOp(callUringEnter, ring.file(), number(0), number(1), named(uringGetEvents, "IORING_ENTER_GETEVENTS"), null(), number(signalSetSize))
}
