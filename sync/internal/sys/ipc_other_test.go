//go:build !linux

package sys

import (
	"errors"
	"testing"
)

func TestIPCUnsupported(t *testing.T) {
	_, _, twice := Twice()
	_, watch := WatchCreations("")
	_, semaphore := Semaphore(0)
	_, queue := MessageQueue()
	_, mqueue := Mqueue()
	_, _, twiceAt := TwiceAt("")
	_, _, keyedSemaphore := KeyedSemaphore(0)
	_, _, keyedQueue := KeyedMessageQueue()
	_, _, namedMqueue := NamedMqueue()
	_, _, _, own := OwnFile(0)
	for call, err := range map[string]error{
		"Twice": twice, "LockFile": LockFile(0), "LockRecord": LockRecord(0), "WatchCreations": watch, "Mqueue": mqueue,
		"TwiceAt": twiceAt, "KeyedSemaphore": keyedSemaphore, "KeyedMessageQueue": keyedQueue, "NamedMqueue": namedMqueue, "UnlinkMqueue": UnlinkMqueue(""), "OwnFile": own,
		"Semaphore": semaphore, "RemoveSemaphore": RemoveSemaphore(0), "MessageQueue": queue, "RemoveMessageQueue": RemoveMessageQueue(0),
	} {
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: %v, want errors.ErrUnsupported", call, err)
		}
	}
}
