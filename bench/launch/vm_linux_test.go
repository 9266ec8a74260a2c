//go:build amd64 || arm64

package launch

import (
	"encoding/binary"
	"os"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// What a child maps that shares this process's memory is not left in it, however
// the child ends.
func TestMappingsEndWithTheirChild(t *testing.T) {
	for name, end := range map[string]func(*held){
		"released": (*held).goes,
		"killed at its gate": func(h *held) {
			if err := h.Kill(); err != nil {
				t.Error(err)
			}
			if _, err := h.Wait(); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			l, b := startLauncher(t), newBoard(t)
			room, err := b.Memory("where", 8)
			if err != nil {
				t.Fatal(err)
			}
			first := gate.Futex
			first.New = func(b *program.Board) (gate.Gate, error) {
				g, err := gate.Futex.New(b)
				return mapping{g, room.Word("where", 0)}, err
			}
			h := hold(t, l, Config{Kind: VM, CPU: -1}, b, 0, first)
			at := uintptr(binary.NativeEndian.Uint64(b.Bytes(room)))
			if !mapped(t, os.Getpid(), at) {
				t.Errorf("%#x, which the child has mapped, is not mapped here", at)
			}
			end(h)
			if mapped(t, os.Getpid(), at) {
				t.Errorf("%#x is still mapped here", at)
			}
		})
	}
}

// A mapping gate is preceded by the mapping of some pages, more than the Go
// runtime would leave a gap for.
type mapping struct {
	gate.Gate
	at program.Word
}

func (g mapping) Wait() program.Program {
	return append(program.Program{program.MapPages(1 << 30).Into(g.at)}, g.Gate.Wait()...)
}

// So many children wait at the same time, each on its own stack, and go in an
// order that is not theirs. The stacks of those that have gone are given out again.
func TestManyChildrenThatShareMemory(t *testing.T) {
	const many, again = 1000, 10
	l, b := startLauncher(t), manyStages(t, many+again)
	children := make([]*held, many)
	for i := range children {
		children[i] = hold(t, l, Config{Kind: VM, CPU: -1}, b, i, gate.Futex)
	}
	for i := range children {
		children[i*7%many].goes()
	}
	if got := len(l.stacks.idle); got != many {
		t.Errorf("%d stacks are idle, want those of %d children", got, many)
	}
	for i := range again {
		hold(t, l, Config{Kind: VM, CPU: -1}, b, many+i, gate.Futex).goes()
	}
	if got := len(l.stacks.idle); got != many {
		t.Errorf("%d stacks after %d more children, want still %d", got, again, many)
	}
}

func manyStages(t *testing.T, stages int) *program.Board {
	t.Helper()
	b, err := program.NewBoard(stages*16<<10, program.Syscall)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := b.Reset(stages); err != nil {
		t.Fatal(err)
	}
	return b
}

// What a child is or does to itself is not this process's: not its namespaces
// and users, and not the promise to gain no privileges.
func TestChildSharesMemoryAndNothingElse(t *testing.T) {
	ns := permitted(t, UTS|IPC|PID|Mnt|Net|User|Cgroup|Time)
	attributes := func() (a [3]int) {
		for i, get := range []int{unix.PR_GET_DUMPABLE, unix.PR_GET_NO_NEW_PRIVS, unix.PR_GET_SECCOMP} {
			var err error
			if a[i], err = unix.PrctlRetInt(get, 0, 0, 0, 0); err != nil {
				t.Fatal(err)
			}
		}
		return a
	}
	l, b, before := startLauncher(t), newBoard(t), attributes()
	h := hold(t, l, Config{Kind: VM, Namespaces: ns, CPU: -1}, b, 0, gate.SeccompNotify)
	if got := attributes(); got != before {
		t.Errorf("dumpable, no_new_privs and seccomp here: %v, before the child %v", got, before)
	}
	if err := h.Kill(); err != nil {
		t.Error(err)
	}
}

// The stack of a child ends at a page that nobody may touch.
func TestStackHasAGuard(t *testing.T) {
	s, err := mapStack()
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		at   *byte
		want unix.Errno
	}{
		"below the stack": {&s.all[len(s.all)-stackSize-8], unix.EFAULT},
		"to the stack":    {&s.usable[0], 0},
	} {
		// The kernel's write fails where one from here would end the process.
		_, _, errno := unix.RawSyscall(unix.SYS_GETCPU, uintptr(unsafe.Pointer(c.at)), 0, 0)
		if errno != c.want {
			t.Errorf("a write %s: %v, want %v", what, errno, c.want)
		}
	}
	if err := s.unmap(); err != nil {
		t.Error(err)
	}
}
