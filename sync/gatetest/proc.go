package gatetest

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/nsbench/nsbench/sync/program"
)

// States of a process. proc_pid_stat(5).
const (
	asleep  = 'S'
	stopped = 'T' // by a signal
	traced  = 't' // by its tracer
	ended   = 'Z'
)

// A look is what /proc says of a child.
type look struct {
	stat
	switches int // voluntary ones: how often it has gone to sleep
	pending  program.SignalSet
}

// A stat is of /proc/PID/stat.
type stat struct {
	state  byte
	parent int
	ticks  int // of CPU time, hundredths of a second
}

// rests reports whether the process neither runs nor wants to.
func (s stat) rests() bool { return s.state == asleep || s.stops() }

// stops reports whether it is stopped, so that not even a signal makes it run.
func (s stat) stops() bool { return s.state == stopped || s.state == traced }

// look looks at a child that has not been reaped.
func (r *rig) look(c Child) look {
	r.Helper()
	s, err := readStat(c.ID())
	r.check(err)
	l := look{stat: s}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.ID()))
	r.check(err)
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":\t")
		switch name {
		case "voluntary_ctxt_switches":
			l.switches, err = strconv.Atoi(value)
		case "SigPnd", "ShdPnd": // of the thread, of the process
			var set uint64
			set, err = strconv.ParseUint(value, 16, 64)
			l.pending |= program.SignalSet(set)
		}
		r.check(err)
	}
	return l
}

func readStat(pid int) (s stat, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return s, err
	}
	// The name, in brackets, may hold anything. Behind it stand the state,
	// the parent, and 9 more fields before the two of CPU time.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	s.state = fields[0][0]
	for _, f := range []struct {
		to *int
		at int
	}{{&s.parent, 1}, {&s.ticks, 11}, {&s.ticks, 12}} {
		n, err := strconv.Atoi(fields[f.at])
		if err != nil {
			return s, fmt.Errorf("/proc/%d/stat: %w", pid, err)
		}
		*f.to += n
	}
	return s, nil
}
