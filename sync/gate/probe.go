package gate

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/nsbench/nsbench/sync/program"
)

// Support is whether a primitive can be used here: one of three answers.
type Support struct {
	Available Availability
	Reason    error // why not, or why it could not be found out
}

// Availability is one of three answers.
type Availability string

// The answers.
const (
	Available    Availability = "available"
	NotAvailable Availability = "not available"
	NotKnown     Availability = "could not find out"
)

// Probe makes a gate and frees it again, which is the only way to know: kernel
// configuration, seccomp filters and limits all have their say.
func (p Primitive) Probe(b *program.Board) Support {
	g, err := p.New(b)
	if err == nil {
		err = g.Close()
	}
	switch {
	case err == nil:
		return Support{Available: Available}
	case errors.Is(err, errors.ErrUnsupported), errors.Is(err, fs.ErrPermission):
		return Support{NotAvailable, fmt.Errorf("%s: %w", p.Name, err)}
	default:
		return Support{NotKnown, fmt.Errorf("%s: %w", p.Name, err)}
	}
}
