//go:build !linux

package program

import (
	"errors"
	"testing"
)

// Elsewhere programs are made, checked and printed, but there is nothing to run
// them on.
func TestNewBoardUnsupported(t *testing.T) {
	if b, err := NewBoard(1, Counter); b != nil || !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("NewBoard = %v, %v; want errors.ErrUnsupported", b, err)
	}
}
