//go:build amd64 || arm64

package gate

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/sync/program"
)

// sysv are the primitives of System V IPC, with the object behind a gate of each,
// by its line in a file of proc_sysvipc(5).
var sysv = []struct {
	Primitive
	file string
	id   func(Gate) int
}{
	{SysvSem, "sem", func(g Gate) int { return g.(*sysvSem).id.N }},
	{SysvMsg, "msg", func(g Gate) int { return g.(*sysvMsg).id.N }},
}

func exists(t *testing.T, file string, id int) bool {
	t.Helper()
	text, err := os.ReadFile("/proc/sysvipc/" + file)
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(strings.Split(string(text), "\n"), func(line string) bool {
		fields := strings.Fields(line)
		return len(fields) > 1 && fields[1] == strconv.Itoa(id)
	})
}

// No process that ends takes its objects along, so Close has to. A second one
// has nothing to do: the number may be somebody else's by then.
func TestSysVObjectsAreRemoved(t *testing.T) {
	for _, p := range sysv {
		for state, released := range map[string]bool{"released": true, "not released": false} {
			t.Run(p.Name+" "+state, func(t *testing.T) {
				b := newBoard(t)
				g := newGate(t, p.Primitive, b)
				if !exists(t, p.file, p.id(g)) {
					t.Fatalf("object %d is not in /proc/sysvipc/%s", p.id(g), p.file)
				}
				if released {
					runs(t, b, os.Getpid(), g.Release(program.Child))
				}
				for range 2 {
					if err := g.Close(); err != nil {
						t.Error(err)
					}
				}
				if exists(t, p.file, p.id(g)) {
					t.Errorf("object %d is still in /proc/sysvipc/%s", p.id(g), p.file)
				}
			})
		}
	}
}

// A parent that gives up and removes its object does not release by that.
func TestSysVObjectIsRemovedUnderTheChild(t *testing.T) {
	for _, p := range sysv {
		t.Run(p.Name, func(t *testing.T) {
			b := newBoard(t)
			g := newGate(t, p.Primitive, b)
			pid, pidfd, code := cloned(t, b, g.Wait())
			awaitEndOrSleep(t, b, pid, pidfd)
			if err := g.Close(); err != nil {
				t.Fatal(err)
			}
			awaitEnd(t, pidfd)
			if o := code.Outcome(); o.Verdict != program.ParentGone || o.Errno != program.EIDRM {
				t.Errorf("the child: %v, want that the parent is gone, by EIDRM", o)
			}
		})
	}
}
