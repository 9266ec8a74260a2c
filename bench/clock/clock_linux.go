package clock

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/sync/program"
)

// A Clock turns stamps into nanoseconds of CLOCK_MONOTONIC. It is calibrated
// against it from New on: the longer the run, the better the rate is known.
type Clock struct {
	program.Clock
	why    string // it is not the counter
	offset int64  // in ticks, between the parent's CPU and that of the others which is furthest from it

	began instant
	Hz    float64 // ticks a second, as of the last calibration
}

// An instant is one moment on both clocks.
type instant struct{ stamp, mono uint64 }

// calibrationSpan is how long the first calibration takes. The instants are
// known to about 100 ns, so the rate is known to 5 in a million after it.
const calibrationSpan = 20 * time.Millisecond

// New chooses the clock for this thread's CPU and others, and calibrates it.
func New(others []int) (*Clock, error) {
	k := &Clock{Clock: program.Counter, Hz: 1e9}
	k.why = counterUnfit()
	for _, other := range others {
		if k.why != "" {
			break
		}
		if err := k.compare(other); err != nil {
			return nil, err
		}
	}
	if k.why != "" {
		k.Clock = program.Syscall
		return k, nil
	}
	k.began = k.now()
	program.Syscall.Await(k.began.mono + uint64(calibrationSpan))
	k.Calibrate()
	return k, nil
}

// counterUnfit says why the cycle counter would not do as a clock, or nothing.
// An invariant TSC runs at one rate in all power states (constant_tsc) and does
// not stop in deep ones (nonstop_tsc): Intel SDM vol. 3B, "Invariant TSC". The
// counter of arm64 is so by its architecture.
func counterUnfit() string {
	if runtime.GOARCH != "amd64" {
		return ""
	}
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return fmt.Sprintf("cannot tell whether the TSC is invariant: %v", err)
	}
	for line := range strings.Lines(string(info)) {
		if flags, ok := strings.CutPrefix(line, "flags"); ok {
			have := strings.Fields(flags)
			for _, flag := range []string{"constant_tsc", "nonstop_tsc"} {
				if !slices.Contains(have, flag) {
					return "the TSC is not invariant: /proc/cpuinfo lacks " + flag
				}
			}
			return ""
		}
	}
	return "cannot tell whether the TSC is invariant: /proc/cpuinfo has no flags"
}

// now takes the instant whose two readings lie closest together, of a few.
func (k *Clock) now() instant {
	var best instant
	narrowest := ^uint64(0)
	for range 16 {
		before := k.Now()
		mono := program.Syscall.Now()
		after := k.Now()
		if after-before < narrowest {
			narrowest = after - before
			best = instant{before + (after-before)/2, mono}
		}
	}
	return best
}

// Calibrate finds the rate again, over all the time since the clock was made.
func (k *Clock) Calibrate() {
	if k.Clock != program.Counter {
		return
	}
	t := k.now()
	k.Hz = float64(t.stamp-k.began.stamp) * 1e9 / float64(t.mono-k.began.mono)
}

// NS is the time in ns from one stamp to another, negative if they are out of order.
func (k *Clock) NS(from, to uint64) int64 {
	return int64(math.Round(float64(int64(to-from)) * 1e9 / k.Hz))
}

// Ticks is how far a stamp advances in d.
func (k *Clock) Ticks(d time.Duration) uint64 {
	return uint64(float64(d) * k.Hz / 1e9)
}

// Record is what a record says of the clock, without what the harness takes.
func (k *Clock) Record() result.Clock {
	source := "clock_gettime"
	if k.Clock == program.Counter {
		source = map[string]string{"amd64": "tsc", "arm64": "cntvct"}[runtime.GOARCH]
	}
	return result.Clock{Source: source, Hz: int64(k.Hz), OffsetNS: k.NS(0, uint64(k.offset)), Why: k.why}
}

// OfSyscalls is the clock of stamps that are nanoseconds already.
func OfSyscalls() *Clock { return &Clock{Clock: program.Syscall, Hz: 1e9} }

// pinThread puts this thread on one CPU.
func pinThread(cpu int) error {
	var set unix.CPUSet
	set.Set(cpu)
	return os.NewSyscallError("sched_setaffinity", unix.SchedSetaffinity(0, &set))
}

// compare holds the counters of the two CPUs against each other: a thread on
// each, a stamp sent over and answered with a stamp. The answer must lie
// between question and receipt, or one counter is ahead; how far from their
// middle, in the exchange that was quickest, is the offset, give or take half
// of what that exchange took. On a busy CPU each exchange may take a time slice:
// there are fewer of them then.
func (k *Clock) compare(other int) error {
	var question, answer atomic.Uint64
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread is thrown away
		if err := pinThread(other); err != nil {
			done <- err
			answer.Store(1)
			return
		}
		answer.Store(1)
		for last := uint64(0); ; {
			q := question.Load()
			if q == stopExchange {
				done <- nil
				return
			}
			if q != last {
				last = q
				answer.Store(k.Now())
			}
		}
	}()
	for answer.Load() == 0 {
		runtime.Gosched()
	}
	quickest, offset := ^uint64(0), int64(0)
	began := time.Now()
	for n := range exchanges {
		if len(done) > 0 || n >= fewestExchanges && time.Since(began) > longestExchange {
			break
		}
		asked := k.Now()
		last := answer.Load()
		question.Store(asked)
		for answer.Load() == last && len(done) == 0 {
			continue
		}
		got, at := answer.Load(), k.Now()
		if int64(got-asked) < 0 || int64(at-got) < 0 {
			k.why = fmt.Sprintf("the cycle counter of CPU %d and that of the parent disagree", other)
		}
		if took := at - asked; took < quickest {
			quickest = took
			offset = int64(got-asked) - int64(took/2)
		}
	}
	question.Store(stopExchange)
	if err := <-done; err != nil {
		return fmt.Errorf("compare the clock of CPU %d: %w", other, err)
	}
	if max(offset, -offset) > max(k.offset, -k.offset) {
		k.offset = offset
	}
	return nil
}

const stopExchange = ^uint64(0)

// How many exchanges there are, at the most and at the least, and for how long
// there are more than the least.
const (
	exchanges       = 2000
	fewestExchanges = 50
	longestExchange = time.Second
)
