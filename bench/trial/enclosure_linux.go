//go:build amd64 || arm64

package trial

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
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
//
// It returns the root of these files, by which they can be removed: their path is not
// to be trusted with that. That of a working directory, or of what is / to this process,
// still leads to what has been mounted over.
func enclose() (_ *os.Root, err error) {
	temporary, err := filepath.Abs(os.TempDir())
	if err != nil {
		return nil, err
	}
	if err := os.Setenv("TMPDIR", temporary); err != nil { // whoever is started may work elsewhere
		return nil, err
	}
	before, err := device(temporary)
	if err != nil {
		return nil, fmt.Errorf("place for temporary files of trials: %w: set TMPDIR to another directory", err)
	}
	for _, m := range []struct {
		source, target, kind string
		flags                uintptr
	}{
		{"none", "/", "", unix.MS_REC | unix.MS_PRIVATE}, // or others would see what follows
		{"nsbench", temporary, "tmpfs", unix.MS_NOSUID | unix.MS_NODEV},
		{"proc", "/proc", "proc", unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC},
	} {
		if err := unix.Mount(m.source, m.target, m.kind, m.flags, ""); err != nil {
			return nil, fmt.Errorf("mount %s on %s for trials: %w", m.source, m.target, os.NewSyscallError("mount", err))
		}
	}
	root, err := os.OpenRoot(temporary)
	if err != nil {
		return nil, err
	}
	after, err := device(temporary)
	if opened, statErr := root.Stat("."); err == nil && statErr == nil && (after == before || deviceOf(opened) == before) {
		err = fmt.Errorf("mount nsbench on %s for trials: it is not seen there: set TMPDIR to another directory", temporary)
	} else {
		err = errors.Join(err, statErr)
	}
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return root, nil
}

// device is which file system a directory is of.
func device(dir string) (uint64, error) {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "stat", Path: dir, Err: unix.ENOTDIR}
	}
	if err != nil {
		return 0, err
	}
	return deviceOf(info), nil
}

func deviceOf(info fs.FileInfo) uint64 { return info.Sys().(*syscall.Stat_t).Dev }
