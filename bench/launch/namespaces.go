package launch

import (
	"fmt"
	"slices"
	"strings"
)

// Namespaces is a set of namespaces, as the flags of clone3(2) that make new ones.
type Namespaces uint64

// The namespaces, by the short names of namespaces(7). The values are those
// of the kernel's sched.h on every architecture; a test holds them to x/sys.
const (
	Time   Namespaces = 0x00000080
	Mnt    Namespaces = 0x00020000
	Cgroup Namespaces = 0x02000000
	UTS    Namespaces = 0x04000000
	IPC    Namespaces = 0x08000000
	User   Namespaces = 0x10000000
	PID    Namespaces = 0x20000000
	Net    Namespaces = 0x40000000
)

var namespaceTable = []struct {
	name string
	flag Namespaces
}{
	{"uts", UTS}, {"ipc", IPC}, {"pid", PID}, {"mnt", Mnt}, {"net", Net}, {"user", User}, {"cgroup", Cgroup}, {"time", Time},
}

// NamespaceNames returns the names of all namespaces.
func NamespaceNames() []string {
	var names []string
	for _, ns := range namespaceTable {
		names = append(names, ns.name)
	}
	return names
}

// ParseNamespace returns the set that holds the namespace of that name.
func ParseNamespace(name string) (Namespaces, error) {
	i := slices.Index(NamespaceNames(), name)
	if i < 0 {
		return 0, fmt.Errorf("unknown namespace %q: the namespaces are %s", name, strings.Join(NamespaceNames(), ", "))
	}
	return namespaceTable[i].flag, nil
}

// Names returns the names of the set's members.
func (n Namespaces) Names() []string {
	names := []string{}
	for _, ns := range namespaceTable {
		if n&ns.flag != 0 {
			names = append(names, ns.name)
		}
	}
	return names
}

func (n Namespaces) String() string {
	if n == 0 {
		return "none"
	}
	return strings.Join(n.Names(), "+")
}
