//go:build !linux

package sys

import (
	"errors"
	"testing"
)

func TestSupervisionUnsupported(t *testing.T) {
	_, self := Self()
	_, cgroup := NewCgroup()
	_, uring := NewUring(0, 0)
	for call, err := range map[string]error{
		"Self": self, "End": End(0, 0), "NewCgroup": cgroup, "Close": (*Cgroup)(nil).Close(), "NewUring": uring,
	} {
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: %v, want errors.ErrUnsupported", call, err)
		}
	}
}
