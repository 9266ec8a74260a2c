package launch

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNamespaceNames(t *testing.T) {
	want := []string{"uts", "ipc", "pid", "mnt", "net", "user", "cgroup", "time"}
	if diff := cmp.Diff(want, NamespaceNames()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var all Namespaces
	for _, name := range want {
		ns, err := ParseNamespace(name)
		if err != nil {
			t.Fatal(err)
		}
		if ns.String() != name || all&ns != 0 {
			t.Errorf("%s parses to %v (%#x), want itself and nothing of %v", name, ns, uint64(ns), all)
		}
		all |= ns
	}
	if diff := cmp.Diff(want, all.Names()); diff != "" {
		t.Errorf("names of all (-want +got):\n%s", diff)
	}
}

func TestParseNamespaceRefuses(t *testing.T) {
	for _, name := range []string{"", "UTS", "uts+ipc", "mount"} {
		ns, err := ParseNamespace(name)
		if err == nil || ns != 0 {
			t.Errorf("ParseNamespace(%q) = %v, %v; want an error", name, ns, err)
			continue
		}
		if want := "the namespaces are uts, ipc, pid, mnt, net, user, cgroup, time"; !strings.Contains(err.Error(), want) {
			t.Errorf("error = %q, want the valid ones in it", err)
		}
	}
}

// The order is that of the table, whatever order they were asked for in.
func TestNamespacesString(t *testing.T) {
	for ns, want := range map[Namespaces]string{
		0:                 "none",
		IPC | UTS:         "uts+ipc",
		Time | User | PID: "pid+user+time",
	} {
		if got := ns.String(); got != want {
			t.Errorf("%#x prints %q, want %q", uint64(ns), got, want)
		}
	}
	if got := Namespaces(0).Names(); got == nil || len(got) != 0 {
		t.Errorf("names of none = %#v, want an empty list that is not nil: it is written as JSON", got)
	}
}
