package trial

import (
	"context"
	"sync"
)

// Slots say how many trials may be busy at a time: as many as there are CPUs. One
// whose child sleeps is not.
type slots struct {
	free  chan struct{}
	alone sync.Mutex // held while somebody collects all of them
}

func newSlots(n int) *slots {
	s := &slots{free: make(chan struct{}, n)}
	for range n {
		s.free <- struct{}{}
	}
	return s
}

// take takes a slot, or all. Give gives it back, and does nothing when it is called
// again.
func (s *slots) take(ctx context.Context, all bool) (give func(), err error) {
	n := 1
	if all {
		s.alone.Lock()
		defer s.alone.Unlock()
		n = cap(s.free)
	}
	var once sync.Once
	taken := 0
	give = func() {
		once.Do(func() {
			for range taken {
				s.free <- struct{}{}
			}
		})
	}
	for range n {
		select {
		case <-s.free:
			taken++
		case <-ctx.Done():
			give()
			return nil, context.Cause(ctx)
		}
	}
	return give, nil
}
