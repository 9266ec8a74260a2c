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
func TestWriteMaps(t *testing.T) {
	ns := permitted(t, UTS|IPC|User)
	h := hold(t, startLauncher(t), Config{Namespaces: ns, CPU: -1}, newBoard(t), 0, gate.UnixStream)
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

func TestWriteMapsOfNobody(t *testing.T) {
	const none = 1<<31 - 1
	if err := WriteMaps(none); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("WriteMaps = %v, want that there is no such file", err)
	}
}
