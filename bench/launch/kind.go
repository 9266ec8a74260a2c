package launch

import (
	"fmt"
	"slices"
	"strings"
)

// A Kind is one way in which a child comes to be. Whatever it is, the child runs
// the same program in the same interpreter.
type Kind uint8

// The kinds.
const (
	// Clone copies this process's memory when it is written to, as fork does.
	// It is what a runtime in C does that goes on in the same program. clone(2).
	Clone Kind = iota

	// VM shares this process's memory, as posix_spawn and os/exec do until
	// they execute; the parent goes on meanwhile. CLONE_VM of clone(2).
	//
	// Such a child is in a new time namespace only as far as its own children
	// go, for the kernel does not move one that shares memory. Where the core of
	// either side is dumped, and where memory is short, older kernels kill
	// everybody who shares it.
	VM

	// Exec executes this program anew, as container runtimes in Go do, because
	// what a fork leaves is no Go program: a child takes milliseconds, and has
	// the threads of a Go runtime. Start returns when the child runs its
	// programs, and its end sends SIGCHLD. It is for a program whose main
	// begins with Reexecuted of package program. execve(2).
	Exec
)

var kindNames = [...]string{Clone: "clone", VM: "vm", Exec: "exec"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Kinds returns all kinds, the zero value first.
func Kinds() []Kind {
	kinds := make([]Kind, len(kindNames))
	for i := range kinds {
		kinds[i] = Kind(i)
	}
	return kinds
}

// ParseKind returns the kind of that name.
func ParseKind(name string) (Kind, error) {
	i := slices.Index(kindNames[:], name)
	if i < 0 {
		return 0, fmt.Errorf("unknown launcher %q: the launchers are %s", name, strings.Join(kindNames[:], ", "))
	}
	return Kind(i), nil
}
