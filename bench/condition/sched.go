package condition

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Policy is how the kernel schedules a process. sched(7).
type Policy string

// The policies.
const (
	SchedOther    Policy = "other"    // SCHED_OTHER, everybody's
	SchedFIFO     Policy = "fifo"     // SCHED_FIFO: before all of the others, until it sleeps
	SchedRR       Policy = "rr"       // SCHED_RR: the same, in turn with its equals
	SchedBatch    Policy = "batch"    // SCHED_BATCH: as other, and wakes without preempting
	SchedIdle     Policy = "idle"     // SCHED_IDLE: when nobody else would run
	SchedDeadline Policy = "deadline" // SCHED_DEADLINE: before all, for as long as it has reserved
)

// Policies are all of them, in a fixed order.
func Policies() []Policy {
	return []Policy{SchedOther, SchedFIFO, SchedRR, SchedBatch, SchedIdle, SchedDeadline}
}

// What a child under SchedDeadline reserves: 2 ms in each 10 ms, by the end of
// each 10 ms. A child that sleeps until its release has all of it then, whatever
// it used before, if the hold is longer than a few milliseconds; one that spins
// is throttled where the hold is longer than DeadlineRuntime, which is what the
// policy is for. A fifth of a CPU leaves room for four children per CPU below
// the 95 % that the kernel gives away. sched(7), "SCHED_DEADLINE".
const (
	DeadlineRuntime = 2 * time.Millisecond
	DeadlinePeriod  = 10 * time.Millisecond // and deadline
)

// Sched is the scheduling of a child. The zero Sched leaves the child that of
// its parent.
type Sched struct {
	Policy   Policy
	Priority int // of fifo and rr: 1, the lowest, to 99
}

// Realtime reports whether the policy is served before all ordinary ones: a
// quota does not bind it.
func (s Sched) Realtime() bool {
	return s.Policy == SchedFIFO || s.Policy == SchedRR || s.Policy == SchedDeadline
}

// prioritised reports whether the policy has a priority.
func (s Sched) prioritised() bool { return s.Policy == SchedFIFO || s.Policy == SchedRR }

// ParseSched parses "other", "fifo:N", "rr:N", "batch", "idle" or "deadline".
func ParseSched(s string) (Sched, error) {
	name, priority, given := strings.Cut(s, ":")
	sched := Sched{Policy: Policy(name)}
	if given {
		n, err := strconv.Atoi(priority)
		if err != nil {
			return Sched{}, fmt.Errorf("sched %q: priority %q is not a number", s, priority)
		}
		sched.Priority = n
	}
	if given && !sched.prioritised() {
		return Sched{}, fmt.Errorf("sched %q: only fifo and rr have a priority", s)
	}
	if err := sched.valid(); err != nil {
		return Sched{}, err
	}
	return sched, nil
}

// String is what ParseSched parses, and empty for the zero Sched.
func (s Sched) String() string {
	if s.prioritised() {
		return fmt.Sprintf("%s:%d", s.Policy, s.Priority)
	}
	return string(s.Policy)
}

func (s Sched) valid() error {
	for _, p := range Policies() {
		if p != s.Policy {
			continue
		}
		if s.prioritised() && (s.Priority < 1 || s.Priority > 99) {
			return fmt.Errorf("sched %s: a priority of %d; want 1 to 99, such as %s:10", s.Policy, s.Priority, s.Policy)
		}
		return nil
	}
	return fmt.Errorf("sched %q: want other, fifo:N, rr:N, batch, idle or deadline", s.Policy)
}
