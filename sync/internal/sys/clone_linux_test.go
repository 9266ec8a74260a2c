//go:build amd64 || arm64

package sys

import (
	"errors"
	"runtime"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

func TestCloneArgsSize(t *testing.T) {
	if got := unsafe.Sizeof(CloneArgs{}); got != unix.CLONE_ARGS_SIZE_VER2 {
		t.Errorf("size of CloneArgs = %d, want CLONE_ARGS_SIZE_VER2 = %d", got, unix.CLONE_ARGS_SIZE_VER2)
	}
	// The versions ended with these fields.
	if got := unsafe.Offsetof(CloneArgs{}.SetTID); got != unix.CLONE_ARGS_SIZE_VER0 {
		t.Errorf("version 0 ends at %d, want CLONE_ARGS_SIZE_VER0 = %d", got, unix.CLONE_ARGS_SIZE_VER0)
	}
	if got := unsafe.Offsetof(CloneArgs{}.Cgroup); got != unix.CLONE_ARGS_SIZE_VER1 {
		t.Errorf("version 1 ends at %d, want CLONE_ARGS_SIZE_VER1 = %d", got, unix.CLONE_ARGS_SIZE_VER1)
	}
}

func TestCloneArgsAsInTheHeader(t *testing.T) {
	var a CloneArgs
	inHeaders(t, []string{"linux/sched.h"}, map[string]uint64{
		"sizeof(struct clone_args)":                 uint64(unsafe.Sizeof(a)),
		"offsetof(struct clone_args, flags)":        uint64(unsafe.Offsetof(a.Flags)),
		"offsetof(struct clone_args, pidfd)":        uint64(unsafe.Offsetof(a.Pidfd)),
		"offsetof(struct clone_args, child_tid)":    uint64(unsafe.Offsetof(a.ChildTID)),
		"offsetof(struct clone_args, parent_tid)":   uint64(unsafe.Offsetof(a.ParentTID)),
		"offsetof(struct clone_args, exit_signal)":  uint64(unsafe.Offsetof(a.ExitSignal)),
		"offsetof(struct clone_args, stack)":        uint64(unsafe.Offsetof(a.Stack)),
		"offsetof(struct clone_args, stack_size)":   uint64(unsafe.Offsetof(a.StackSize)),
		"offsetof(struct clone_args, tls)":          uint64(unsafe.Offsetof(a.TLS)),
		"offsetof(struct clone_args, set_tid)":      uint64(unsafe.Offsetof(a.SetTID)),
		"offsetof(struct clone_args, set_tid_size)": uint64(unsafe.Offsetof(a.SetTIDSize)),
		"offsetof(struct clone_args, cgroup)":       uint64(unsafe.Offsetof(a.Cgroup)),
	})
}

// The numbers of the assembly, which x/sys cannot be asked for there.
func TestCallNumbersOfTheAssembly(t *testing.T) {
	if unix.SYS_CLONE3 != 435 {
		t.Errorf("clone3 is call %d, the assembly says 435", unix.SYS_CLONE3)
	}
	want := map[string]uint64{"amd64": 231, "arm64": 94}
	if got := uint64(unix.SYS_EXIT_GROUP); got != want[runtime.GOARCH] {
		t.Errorf("exit_group is call %d, the assembly says %d", got, want[runtime.GOARCH])
	}
	want = map[string]uint64{"amd64": 15, "arm64": 139}
	if got := uint64(unix.SYS_RT_SIGRETURN); got != want[runtime.GOARCH] {
		t.Errorf("rt_sigreturn is call %d, the assembly says %d", got, want[runtime.GOARCH])
	}
}

// A refused clone makes no child, and its errno comes through the assembly.
func TestCloneRefused(t *testing.T) {
	never := func(unsafe.Pointer) {}
	pid, err := Clone(&CloneArgs{ExitSignal: 1 << 20}, never, nil)
	if !errors.Is(err, unix.EINVAL) || pid != 0 {
		t.Errorf("Clone with no such exit signal = %d, %v; want 0, EINVAL", pid, err)
	}
}
