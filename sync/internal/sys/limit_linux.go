package sys

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// atLimit adds to an error that means a limit where that limit is set: the
// kernel has one number for many of them.
func atLimit(err error, limit unix.Errno, where string) error {
	if errors.Is(err, limit) {
		return fmt.Errorf("%w: the limit is %s", err, where)
	}
	return err
}
