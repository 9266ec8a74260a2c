package trial

import (
	"context"
	"sync"
)

// Slots say how many trials may be busy at a time: as many as there are CPUs. One
// whose child sleeps is not.
//
// Who wants all of them is next: nobody else takes one until he has had them. In a
// queue with the others he would wait for each of them twice.
type slots struct {
	mu        sync.Mutex
	changed   sync.Cond
	free, all int
	wanted    bool // all of them, by somebody, or they are his
}

func newSlots(n int) *slots {
	s := &slots{free: n, all: n}
	s.changed.L = &s.mu
	return s
}

// take takes a slot, or all. Give gives it back, and does nothing when it is called
// again.
func (s *slots) take(ctx context.Context, all bool) (give func(), err error) {
	defer context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.changed.Broadcast()
	})()
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 1
	if all {
		if err := s.await(ctx, func() bool { return !s.wanted }); err != nil {
			return nil, err
		}
		s.wanted, n = true, s.all
	}
	if err := s.await(ctx, func() bool { return s.free >= n && (all || !s.wanted) }); err != nil {
		s.freed(0, all)
		return nil, err
	}
	s.free -= n
	var once sync.Once
	return func() {
		once.Do(func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.freed(n, all)
		})
	}, nil
}

// await waits until something is so, or the context has ended.
func (s *slots) await(ctx context.Context, so func() bool) error {
	for ctx.Err() == nil && !so() {
		s.changed.Wait()
	}
	return context.Cause(ctx)
}

// freed gives back n slots, of one who has wanted all or one.
func (s *slots) freed(n int, all bool) {
	s.free += n
	if all {
		s.wanted = false
	}
	s.changed.Broadcast()
}
