//go:build !linux

package gate

import (
	"errors"

	"github.com/nsbench/nsbench/sync/program"
)

func startHelper(*program.Board) (helper, error) { return helper{}, errors.ErrUnsupported }
