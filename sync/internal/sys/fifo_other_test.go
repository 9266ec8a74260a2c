//go:build !linux

package sys

import (
	"errors"
	"testing"
)

func TestFifosAndCountersUnsupported(t *testing.T) {
	if _, err := TempFifo(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("TempFifo: %v, want errors.ErrUnsupported", err)
	}
	if _, err := EventfdNonblock(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("EventfdNonblock: %v, want errors.ErrUnsupported", err)
	}
}
