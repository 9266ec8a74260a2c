//go:build amd64 || arm64

package launch

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/google/go-cmp/cmp"

	"github.com/nsbench/nsbench/sync/gate"
)

// The child is held while its maps are written, which is what a gate is for.
func TestWriteMaps(t *testing.T) { underEach(t, testWriteMaps) }

func testWriteMaps(t *testing.T, kind Kind) {
	ns := permitted(t, UTS|IPC|User)
	h := hold(t, startLauncher(t), Config{Kind: kind, Namespaces: ns, CPU: -1}, newBoard(t), 0, gate.UnixStream)
	if err := WriteMaps(h.PID); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{
		"uid_map":   {"0", fmt.Sprint(os.Geteuid()), "1"},
		"gid_map":   {"0", fmt.Sprint(os.Getegid()), "1"},
		"setgroups": {"deny"},
	} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", h.PID, name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, strings.Fields(string(text))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	// A map is written once. user_namespaces(7).
	if err := WriteMaps(h.PID); !errors.Is(err, unix.EPERM) || !strings.HasPrefix(err.Error(), "map user and group: ") {
		t.Errorf("maps written a second time: %v, want EPERM", err)
	}
	h.goes()
}

// Who may not write the maps of a child that is no more is told by Ending that
// it is so, at whatever moment of its end.
func TestWriteMapsOfAnEndingChild(t *testing.T) {
	ns := permitted(t, UTS|IPC|User)
	l, b := startLauncher(t), newBoard(t)
	before := 0
	for range 200 {
		if err := b.Reset(1); err != nil {
			t.Fatal(err)
		}
		c, err := l.Start(Config{Namespaces: ns, CPU: -1}, b)
		if err != nil {
			t.Fatal(err)
		}
		for err = nil; err == nil; {
			// No map is written: this is how its file is opened, and no more.
			var f *os.File
			if f, err = os.OpenFile(fmt.Sprintf("/proc/%d/uid_map", c.PID), os.O_WRONLY, 0); err == nil {
				err = f.Close()
			}
			if err == nil && c.Ended() {
				break // as it is for root
			}
		}
		switch {
		case err == nil:
		case !c.Ending():
			t.Errorf("%v, and the child is not about to end", err)
		case !c.Ended():
			before++
		}
		if _, err := c.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d of 200 children had lost their files of /proc before their end was to be seen", before)
}

func TestWriteMapsOfNobody(t *testing.T) {
	const none = 1<<31 - 1
	if err := WriteMaps(none); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("WriteMaps = %v, want that there is no such file", err)
	}
}
