package sys

// ThreadPointer returns the address that this thread's local storage is
// addressed from: TPIDR_EL0.
func ThreadPointer() uintptr
