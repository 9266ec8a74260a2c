//go:build amd64 || arm64

package trial

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// A Look is what there is to see of a thread from outside. proc_pid_stat(5).
type Look struct {
	state byte          // 0 if it is not there any more
	cpu   time.Duration // that it has used
}

// The states of a thread that matter here. proc_pid_stat(5).
const (
	asleep      = 'S'
	sleepsDeep  = 'D' // uninterruptibly
	stopped     = 'T' // by a signal
	traced      = 't' // by its tracer
	zombie      = 'Z'
	dead        = 'X'
	stateFields = 12 // the field of system CPU time, from the state on
)

// tick is the unit of CPU times in /proc: sysconf(_SC_CLK_TCK) is 100 on every
// architecture that this runs on.
const tick = 10 * time.Millisecond

// LookAt looks at the first thread of a process.
func LookAt(pid int) Look { return lookAt(pid, pid) }

// CPU is the CPU time that the thread has used, in steps of 10 ms.
func (l Look) CPU() time.Duration { return l.cpu }

// Rests reports whether the thread neither runs nor wants to.
func (l Look) Rests() bool {
	return l.state == asleep || l.state == sleepsDeep || l.Stops()
}

// Stops reports whether it is stopped, by a signal or for its tracer.
func (l Look) Stops() bool { return l.state == stopped || l.state == traced }

// Gone reports whether it has ended.
func (l Look) Gone() bool { return l.state == 0 || l.state == zombie || l.state == dead }

// lookAtProcess looks at the first thread of a process and, where that has ended, at
// the others: one of them that is on its way out, and is not let run, is not asleep.
func lookAtProcess(pid int) Look {
	first := LookAt(pid)
	if !first.Gone() {
		return first
	}
	threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid)) // none of a process that has been reaped
	rests := false
	for _, t := range threads {
		tid, err := strconv.Atoi(t.Name())
		if err != nil || tid == pid {
			continue
		}
		l := lookAt(pid, tid)
		if !l.Gone() && !l.Rests() {
			return l
		}
		rests = rests || l.Rests()
	}
	if rests {
		first.state = asleep
	}
	return first
}

// lookAt looks at a thread of a process.
func lookAt(pid, tid int) (l Look) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/stat", pid, tid))
	if err != nil {
		return Look{}
	}
	// The name, in parentheses, may hold anything.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) <= stateFields {
		return Look{}
	}
	l.state = fields[0][0]
	for _, f := range fields[stateFields-1 : stateFields+1] {
		ticks, _ := strconv.ParseInt(string(f), 10, 64)
		l.cpu += time.Duration(ticks) * tick
	}
	return l
}
