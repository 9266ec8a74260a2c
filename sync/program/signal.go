package program

import (
	"fmt"
	"strings"
)

// A Signal is a signal by its number on Linux, on amd64 and arm64 alike. signal(7).
type Signal uint8

// The signals that programs use.
const (
	SIGKILL Signal = 9
	SIGUSR1 Signal = 10
	SIGUSR2 Signal = 12
	SIGPIPE Signal = 13
	SIGCONT Signal = 18
	SIGSTOP Signal = 19
)

// realtime is the first real-time signal of the kernel. The C library keeps
// two or three of them for itself. signal(7), "Real-time signals".
const realtime = 32

// RealTime returns the real-time signal of that number, counted from the kernel's first.
func RealTime(n uint8) Signal { return realtime + Signal(n) }

func (s Signal) String() string {
	switch s {
	case SIGKILL:
		return "SIGKILL"
	case SIGUSR1:
		return "SIGUSR1"
	case SIGUSR2:
		return "SIGUSR2"
	case SIGPIPE:
		return "SIGPIPE"
	case SIGCONT:
		return "SIGCONT"
	case SIGSTOP:
		return "SIGSTOP"
	}
	if s >= realtime && s <= 64 {
		return fmt.Sprintf("SIGRT_%d", s-realtime)
	}
	return fmt.Sprintf("signal %d", uint8(s))
}

// A SignalSet is a set of signals, as the kernel keeps it: signal n is bit n-1.
type SignalSet uint64

// Signals returns the set of the signals given.
func Signals(sigs ...Signal) SignalSet {
	var set SignalSet
	for _, s := range sigs {
		set |= 1 << (s - 1)
	}
	return set
}

// String prints the set as strace would.
func (set SignalSet) String() string {
	var names []string
	for s := Signal(1); s <= 64; s++ {
		if set&Signals(s) != 0 {
			names = append(names, strings.TrimPrefix(strings.TrimPrefix(s.String(), "SIG"), "signal "))
		}
	}
	return "[" + strings.Join(names, " ") + "]"
}

const signalSetSize = 8 // sigsetsize, what the rt_ calls ask for
