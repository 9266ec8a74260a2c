//go:build amd64 || arm64

package trial

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// enclosed are the new namespaces of an observer. Whatever its trials leave behind
// goes with them.
const enclosed = unix.CLONE_NEWPID | unix.CLONE_NEWIPC | unix.CLONE_NEWNS

// enclosing has a command start in an observer's namespaces, with a user namespace in
// which it may do what it has to if this process may not.
func enclosing(c *exec.Cmd, addUser bool) {
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: enclosed, Setsid: true}
	if !addUser {
		return
	}
	c.SysProcAttr.Cloneflags |= unix.CLONE_NEWUSER
	c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
	c.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}}
}

// enclose makes of new namespaces a place to work in: a /proc that has the right
// numbers, and files for a while where temporary files are. mount_namespaces(7).
func enclose() error {
	for _, m := range []struct {
		source, target, kind string
		flags                uintptr
	}{
		{"none", "/", "", unix.MS_REC | unix.MS_PRIVATE}, // or others would see what follows
		{"nsbench", os.TempDir(), "tmpfs", unix.MS_NOSUID | unix.MS_NODEV},
		{"proc", "/proc", "proc", unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC},
	} {
		if err := unix.Mount(m.source, m.target, m.kind, m.flags, ""); err != nil {
			return fmt.Errorf("mount %s on %s for trials: %w", m.source, m.target, os.NewSyscallError("mount", err))
		}
	}
	return nil
}
