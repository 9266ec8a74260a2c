//go:build !linux

package sys

import (
	"errors"
	"testing"
)

func TestUnsupported(t *testing.T) {
	_, _, pipe := Pipe()
	_, eventfd := Eventfd()
	_, _, pair := Socketpair()
	_, _, mapped := MapShared(1)
	for call, err := range map[string]error{
		"Pipe": pipe, "Eventfd": eventfd, "Socketpair": pair, "Close": Close(0), "MapShared": mapped, "UnmapShared": UnmapShared(nil),
	} {
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: %v, want errors.ErrUnsupported", call, err)
		}
	}
	if Interrupting() != nil || Noting() != nil {
		t.Error("there is a struct sigaction, want none")
	}
}
