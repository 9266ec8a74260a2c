package sys

// The memory operations are assembly and not sync/atomic, because under the
// race detector the latter call into its runtime, which switches to a stack
// that the child does not have.

// Load32 loads the word at addr, with acquire ordering.
func Load32(addr uintptr) uint32

// Store8 stores v at addr.
func Store8(addr uintptr, v uint8)

// Store32 stores v at addr, with release ordering.
func Store32(addr uintptr, v uint32)

// Load64 loads the double word at addr, with acquire ordering.
func Load64(addr uintptr) uint64

// Store64 stores v at addr, with release ordering.
func Store64(addr uintptr, v uint64)

// SpinUntil32 loads the word at addr until it is v. It does nothing else in
// between, not even a PAUSE: it is the busiest wait there is.
func SpinUntil32(addr uintptr, v uint32)

// Await32 loads the word at addr at most n times until it is v, with a PAUSE
// (YIELD on arm64) in between, and reports whether it came to be v.
func Await32(addr uintptr, v uint32, n uint64) bool

// AwaitNonzero64 loads the double word at addr at most n times, with a PAUSE
// (YIELD on arm64) in between, and reports whether it saw a value other than
// zero. The bound lets the caller look after other things.
func AwaitNonzero64(addr uintptr, n uint64) bool

// AwaitCycles executes PAUSE (YIELD on arm64) until Cycles has reached t.
func AwaitCycles(t uint64)

// Cycles reads the cycle counter: the TSC on amd64, CNTVCT_EL0 on arm64. It is
// fenced on both sides: what stands before it has been executed, and what
// stands after it has not begun.
//
// Intel SDM vol. 2B, RDTSC: LFENCE before it waits for earlier instructions,
// LFENCE after it holds later ones back; on AMD likewise where LFENCE is
// serialising, which Linux sees to (arch/x86/kernel/cpu/amd.c). On arm64 ISB
// does both (Arm ARM, D12 "The Generic Timer").
func Cycles() uint64
