//go:build amd64 || arm64

package sys

import (
	"testing"
	"unsafe"
)

// words are a variable of the package, so that their addresses stay what they
// are. Each test has its own.
var words struct {
	single, double, spun, awaited, counted uint64
}

func TestLoadAndStore(t *testing.T) {
	addr := uintptr(unsafe.Pointer(&words.single))
	for _, v := range []uint32{1, 0, 1 << 31, ^uint32(0)} {
		Store32(addr, v)
		if got := Load32(addr); got != v {
			t.Errorf("Load32 after Store32(%#x) = %#x", v, got)
		}
	}
	addr = uintptr(unsafe.Pointer(&words.double))
	for _, v := range []uint64{1, 0, 1 << 63, ^uint64(0)} {
		Store64(addr, v)
		if got := Load64(addr); got != v {
			t.Errorf("Load64 after Store64(%#x) = %#x", v, got)
		}
	}
}

func TestStore8LeavesItsNeighbours(t *testing.T) {
	addr := uintptr(unsafe.Pointer(&words.double))
	Store64(addr, ^uint64(0))
	Store8(addr+3, 0)
	if got := Load64(addr); got != ^uint64(0xff<<24) {
		t.Errorf("double word = %#x, want all ones but for its fourth byte", got)
	}
}

// A word is 32 bits: what lies next to it is not its business.
func TestStore32LeavesItsNeighbour(t *testing.T) {
	addr := uintptr(unsafe.Pointer(&words.single))
	Store64(addr, ^uint64(0))
	Store32(addr, 0)
	if got := Load32(addr + 4); got != ^uint32(0) {
		t.Errorf("neighbour = %#x, want all ones", got)
	}
}

func TestSpinUntil32EndsWithTheValue(t *testing.T) {
	addr := uintptr(unsafe.Pointer(&words.spun))
	Store64(addr, 1<<32) // the upper half is not looked at
	done := make(chan uint32)
	go func() {
		SpinUntil32(addr, 7)
		done <- Load32(addr)
	}()
	Store32(addr, 3) // not the value that is waited for
	select {
	case got := <-done:
		t.Fatalf("the spin ended at %d, want 7", got)
	default:
	}
	Store32(addr, 7)
	if got := <-done; got != 7 {
		t.Errorf("the spin ended at %d, want 7", got)
	}
}

func TestAwaitNonzero64(t *testing.T) {
	addr := uintptr(unsafe.Pointer(&words.awaited))
	Store64(addr, 0)
	for _, n := range []uint64{0, 1, 1000} {
		if AwaitNonzero64(addr, n) {
			t.Errorf("AwaitNonzero64 of zero, %d times, reports that it saw something", n)
		}
	}
	for _, v := range []uint64{1, 1 << 63} {
		Store64(addr, v)
		if !AwaitNonzero64(addr, 1) {
			t.Errorf("AwaitNonzero64 of %#x reports that it saw nothing", v)
		}
	}
}

// It sees its value and no other, not even one that shares a half with it in
// the double word, and it ends without.
func TestAwait32(t *testing.T) {
	addr := uintptr(unsafe.Pointer(&words.counted))
	Store64(addr, 7<<32|6)
	for _, n := range []uint64{0, 1, 1000} {
		for _, v := range []uint32{0, 5, 7} {
			if Await32(addr, v, n) {
				t.Errorf("Await32 of 6 reports that it saw %d in %d looks", v, n)
			}
		}
	}
	for _, v := range []uint32{0, 6, 1 << 31, ^uint32(0)} {
		Store32(addr, v)
		if !Await32(addr, v, 1) {
			t.Errorf("Await32 of %#x reports that it did not see it", v)
		}
	}
}

func TestCyclesAdvance(t *testing.T) {
	first := Cycles()
	AwaitCycles(first + 10_000)
	if got := Cycles(); got < first+10_000 {
		t.Errorf("%d cycles have passed after AwaitCycles, want at least 10,000", got-first)
	}
	AwaitCycles(first) // in the past: returns
}
