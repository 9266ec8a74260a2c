package sys

import (
	"errors"
	"math"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Two boards lie at different addresses, and a second process, which has none of
// them, finds room where they lie here.
func TestMapShared(t *testing.T) {
	const size = 8 << 10
	one, fd, err := MapShared(size)
	if err != nil {
		t.Fatal(err)
	}
	other, otherFD, err := MapShared(size)
	if err != nil {
		t.Fatal(err)
	}
	at := uintptr(unsafe.Pointer(&one[0]))
	if _, err := MapSharedAt(otherFD, at, size); !errors.Is(err, unix.EEXIST) {
		t.Errorf("a second map at %#x: %v, want EEXIST", at, err)
	}
	one[0] = 42
	if other[0] != 0 {
		t.Error("two maps are one")
	}
	if err := UnmapShared(one); err != nil {
		t.Fatal(err)
	}
	again, err := MapSharedAt(fd, at, size)
	if err != nil || again[0] != 42 {
		t.Fatalf("the file mapped again: %v; want what was in it", err)
	}
	if err := errors.Join(UnmapShared(again), UnmapShared(other), Close(fd), Close(otherFD)); err != nil {
		t.Error(err)
	}
}

// Where there may be no file of that size, there is memory without one: a file
// that is made all the same would end this process.
func TestMapSharedWithoutAFile(t *testing.T) {
	limited(t, unix.RLIMIT_FSIZE, 4<<10, func() {
		mem, fd, err := MapShared(8 << 10)
		if err != nil || fd != -1 || len(mem) != 8<<10 {
			t.Errorf("MapShared = %d bytes, descriptor %d, %v; want memory and -1", len(mem), fd, err)
		}
		if err := UnmapShared(mem); err != nil {
			t.Error(err)
		}
	})
	for _, size := range []int{0, -1, math.MaxInt64 / 2} {
		if mem, fd, err := MapShared(size); err == nil || mem != nil || fd != -1 {
			t.Errorf("MapShared(%d) = %d bytes, descriptor %d, %v; want an error", size, len(mem), fd, err)
		}
	}
}
