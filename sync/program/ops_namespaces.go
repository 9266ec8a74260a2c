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

// MountProc mounts the file system that shows the processes of the caller's PID
// namespace over a directory. proc(5), "Mount options"; mount(2).
func MountProc(over string) Op {
	return syscallOp(callMount, cString("proc"), cString(over), cString("proc"), named(msNosuid|msNodev|msNoexec, "MS_NOSUID|MS_NODEV|MS_NOEXEC"), null())
}

// MoveMount moves a mount to another directory. mount(2), MS_MOVE.
func MoveMount(from, to string) Op {
	return syscallOp(callMount, cString(from), cString(to), null(), named(msMove, "MS_MOVE"), null())
}

// PivotRoot makes a mount the root of the process's mount namespace and puts the old
// root where it is told. Both may be ".", and the old one then lies over the new. pivot_root(2).
func PivotRoot(root, old string) Op {
	return syscallOp(callPivotRoot, cString(root), cString(old))
}

// DetachMount takes a mount, and all below it, out of the process's mount namespace, though
// it be in use. umount2(2), MNT_DETACH.
func DetachMount(at string) Op {
	return syscallOp(callUmount, cString(at), named(mntDetach, "MNT_DETACH"))
}

func cString(s string) operand { return operand{kind: operandString, text: s} }

// UnshareNow moves the process into new namespaces, and fails where there are as many
// as there may be. unshare(2).
func UnshareNow(kinds Namespace) Op {
	return syscallOp(callUnshare, named(int64(kinds), kinds.String()))
}

// Unshare moves the process into new namespaces, and sleeps for d before it
// tries again, as long as there are as many as there may be. unshare(2),
// namespaces(7), "/proc/sys/user"; nanosleep(2).
func Unshare(kinds Namespace, d time.Duration) Op {
	return every(d, ENOSPC, syscallOp(callUnshare, named(int64(kinds), kinds.String())))
}
