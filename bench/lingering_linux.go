package bench

import (
	"errors"
	"runtime"
	"sync"
)

// lingering is what is left of gates that takes the kernel long to free, and
// longer one by one: it is freed together, when nothing is being measured.
type lingering struct{ rest []func() error }

// most is how many may be left, well below the 128 inotify descriptors that a
// user may have unless told otherwise. inotify(7).
const most = 64

func (l *lingering) add(rest func() error) { l.rest = append(l.rest, rest) }

// full reports whether no further gate should be made before these are freed.
func (l *lingering) full() bool { return len(l.rest) >= most }

// free frees all, at the same time, and returns when that is done. Each waits in
// the kernel on a thread of its own, which ends with it: threads that stay have
// stacks, and every mapping makes the clones to come dearer.
func (l *lingering) free() error {
	errs := make([]error, len(l.rest))
	var all sync.WaitGroup
	for i, rest := range l.rest {
		all.Go(func() {
			runtime.LockOSThread() // and never unlocked
			errs[i] = rest()
		})
	}
	all.Wait()
	l.rest = nil
	return errors.Join(errs...)
}
