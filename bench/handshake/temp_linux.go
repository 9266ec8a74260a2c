//go:build amd64 || arm64

package handshake

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// Some gates have a name in the directory for temporary files, and would leave it there
// if this process was killed. So that directory is a file system in memory, which is
// mounted nowhere any more: a child in a mount namespace of its own has mounted it, and
// has ended. It is gone with the last descriptor of it. Gates find it by that, for
// TMPDIR is its path in /proc; the processes of a handshake do as their programs say,
// see [program.Program.Under].

// tempVariable is where programs look for the directory. environ(7).
const tempVariable = "TMPDIR"

// mountTemp mounts it, or takes the directory that there is where that is refused.
func (s *session) mountTemp() (err error) {
	path := os.TempDir()
	if fd, mountErr := s.newTemp(); mountErr == nil {
		s.temp = program.FD{Name: "tmp", N: fd}
		before, was := os.LookupEnv(tempVariable)
		s.restore = func() error {
			if !was {
				return os.Unsetenv(tempVariable)
			}
			return os.Setenv(tempVariable, before)
		}
		return os.Setenv(tempVariable, fmt.Sprintf("/proc/self/fd/%d", fd))
	}
	fd, err := openDirectory(path)
	s.temp = program.FD{Name: "tmp", N: fd}
	return err
}

func openDirectory(path string) (int, error) {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return fd, nil
}

// newTemp has a child mount the file system, and returns a descriptor of its root.
func (s *session) newTemp() (fd int, err error) {
	if err := s.board.Reset(2); err != nil {
		return -1, err
	}
	begin, err := gate.Futex.New(s.board)
	if err != nil {
		return -1, err
	}
	mounted, err := gate.Futex.New(s.board)
	if err != nil {
		return -1, err
	}
	ns := launch.Mnt
	if s.user {
		ns |= launch.User
	}
	mount := append(program.Program{program.MakePrivate(), program.MountTmpfs(newRoot)}, mounted.Wait()...)
	c, err := s.launcher.Start(launch.Config{Kind: launch.Clone, Namespaces: ns, CPU: -1}, s.board,
		program.Part{Program: begin.Wait()}, program.Part{Stage: 1, Program: mount})
	if err != nil {
		return -1, err
	}
	defer func() {
		_, waitErr := c.Wait()
		err = errors.Join(err, waitErr)
	}()
	defer func() { err = errors.Join(err, c.Kill()) }()
	if s.user { // its files are to be this user's
		if err := launch.WriteMaps(c.PID); err != nil {
			return -1, err
		}
	}
	code, err := s.board.Load(program.Env{Peer: c.PID}, program.Part{Program: begin.Release(program.Child)})
	if err != nil {
		return -1, err
	}
	program.Run(code)
	for !s.board.AwaitArmed(1, 1) {
		if c.Ended() {
			return -1, fmt.Errorf("mount a directory for temporary files: %v", c.Outcome())
		}
		time.Sleep(100 * time.Microsecond)
	}
	return openDirectory(fmt.Sprintf("/proc/%d/root%s", c.PID, newRoot))
}
