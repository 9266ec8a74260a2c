package program

import (
	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/internal/sys"
)

// Now reads the clock in this process: its unit and origin are those of the stamps.
func (c Clock) Now() uint64 {
	if c == Counter {
		return sys.Cycles()
	}
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		panic(err) // CLOCK_MONOTONIC is always there, and ts is writable
	}
	return uint64(ts.Nano())
}

// Await pauses the CPU, and does nothing else, until the clock has reached t.
func (c Clock) Await(t uint64) {
	if c == Counter {
		sys.AwaitCycles(t)
		return
	}
	for c.Now() < t {
		continue
	}
}
