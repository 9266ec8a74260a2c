package trial

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

func TestSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(2)
		take := func(all bool) func() {
			give, err := s.take(t.Context(), all)
			if err != nil {
				t.Error(err)
			}
			return give
		}
		one, two := take(false), take(false)
		busy := 2
		alone := make(chan func(), 1)
		go func() {
			give := take(true)
			if busy != 0 {
				t.Errorf("alone beside %d others", busy)
			}
			alone <- give
		}()
		synctest.Wait()
		one()
		one() // it is one slot, however often it is given back
		busy--
		synctest.Wait()
		if len(alone) > 0 {
			t.Fatal("all slots were taken while one was not free")
		}
		busy--
		two()
		synctest.Wait()
		give := <-alone
		late := make(chan struct{})
		go func() { defer close(late); take(false)() }()
		synctest.Wait()
		select {
		case <-late:
			t.Error("a slot was taken beside one who is alone")
		default:
		}
		give()
		<-late
	})
}

func TestSlotsInterrupted(t *testing.T) {
	s := newSlots(2)
	give, err := s.take(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(stop)
	if _, err := s.take(ctx, true); !errors.Is(err, stop) {
		t.Errorf("got %v, want the cause", err)
	}
	give()
	if give, err = s.take(t.Context(), true); err != nil { // what the interrupted one had taken is back
		t.Fatal(err)
	}
	give()
}

// Who wants all is not to wait behind all who want one.
func TestSlotsAllAreNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(2)
		one, err := s.take(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		var order []string
		take := func(name string, all bool) {
			give, err := s.take(t.Context(), all)
			if err != nil {
				t.Error(err)
				return
			}
			s.mu.Lock()
			order = append(order, name)
			s.mu.Unlock()
			give()
		}
		go take("all", true)
		synctest.Wait()
		go take("another", false) // though one is free
		synctest.Wait()
		if len(order) > 0 {
			t.Fatalf("%q took a slot before all were free", order)
		}
		one()
		synctest.Wait()
		if len(order) != 2 || order[0] != "all" {
			t.Errorf("slots were taken by %q, want all first", order)
		}
	})
}
