package program

import (
	"fmt"
	"strings"
	"time"
)

// A Namespace is a kind of namespace that a process may leave for another, or a
// set of them. namespaces(7).
type Namespace int64

// The kinds.
const (
	NewTime   Namespace = 0x80
	NewMount  Namespace = 0x20000
	NewCgroup Namespace = 0x2000000
	NewUTS    Namespace = 0x4000000
	NewIPC    Namespace = 0x8000000
	NewUser   Namespace = 0x10000000
	NewPID    Namespace = 0x20000000
	NewNet    Namespace = 0x40000000
)

func (n Namespace) String() string {
	var names []string
	for _, known := range []struct {
		kind Namespace
		name string
	}{
		{NewTime, "CLONE_NEWTIME"}, {NewMount, "CLONE_NEWNS"}, {NewCgroup, "CLONE_NEWCGROUP"}, {NewUTS, "CLONE_NEWUTS"},
		{NewIPC, "CLONE_NEWIPC"}, {NewUser, "CLONE_NEWUSER"}, {NewPID, "CLONE_NEWPID"}, {NewNet, "CLONE_NEWNET"},
	} {
		if n&known.kind != 0 {
			names = append(names, known.name)
			n &^= known.kind
		}
	}
	if n != 0 || names == nil {
		names = append(names, fmt.Sprintf("%#x", int64(n)))
	}
	return strings.Join(names, "|")
}

// JoinNamespace moves the process into the namespace of that kind that a
// descriptor refers to. setns(2).
func JoinNamespace(fd File, kind Namespace) Op {
	return syscallOp(callSetns, fd.file(), named(int64(kind), kind.String()))
}

// MakePrivate has no mount of the process's mount namespace propagate to another
// namespace from then on, or be propagated to: what is mounted there stays there.
// mount(2), "Changing the propagation type of an existing mount".
func MakePrivate() Op {
	return syscallOp(callMount, cString("none"), cString("/"), null(), named(msRec|msPrivate, "MS_REC|MS_PRIVATE"), null())
}

// MountTmpfs mounts an empty file system in memory over a directory, in the process's
// mount namespace. mount(2), tmpfs(5).
func MountTmpfs(over string) Op {
	return syscallOp(callMount, cString("tmpfs"), cString(over), cString("tmpfs"), number(0), null())
}

func cString(s string) operand { return operand{kind: operandString, text: s} }

// Unshare moves the process into new namespaces, and sleeps for d before it
// tries again, as long as there are as many as there may be. unshare(2),
// namespaces(7), "/proc/sys/user"; nanosleep(2).
func Unshare(kinds Namespace, d time.Duration) Op {
	return every(d, ENOSPC, syscallOp(callUnshare, named(int64(kinds), kinds.String())))
}
