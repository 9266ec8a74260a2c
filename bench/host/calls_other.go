//go:build !linux

package host

import (
	"errors"
	"os"

	"github.com/moby/sys/capability"
)

// system answers what this system shares with Linux. Its checks come to no
// more than elsewhere, so the rest is never asked.
func system() calls {
	return calls{
		uname:       callUname,
		affinity:    func() ([]int, error) { return nil, errors.ErrUnsupported },
		pin:         func(int) error { return errors.ErrUnsupported },
		descriptors: func() (soft, hard uint64, err error) { return 0, 0, errors.ErrUnsupported },
		capable:     func(capability.Cap) (bool, error) { return false, errors.ErrUnsupported },
		uid:         os.Geteuid,
	}
}

func callUname() (uname, error) {
	node, err := os.Hostname()
	return uname{node: node}, err
}
