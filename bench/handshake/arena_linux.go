//go:build amd64 || arm64

package handshake

import (
	"errors"
	"fmt"
	"math"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// An arena is where one handshake happens: a keeper, which is the first process of a
// PID namespace, and everybody else below it. It has mounts, a host name and a network
// of its own, and where this program may not make those a user namespace, so that
// whatever the processes do ends with it. When the keeper is killed the kernel kills
// all of them, and the keeper is killed when this process ends.
//
// The keeper spawns the first process, gives up every descriptor, and only then lets it
// go: what the keeper kept open would keep an end of file from anybody. It reaps who
// has lost his parent, and ends when nobody is left.
//
// The design that lost is to have this process for the first one of a profile. Its
// programs would block a thread that the Go runtime knows nothing of; its copy of each
// descriptor would have to be closed by each handshake anew; and it could not die.
type arena struct {
	*compiled
	keeper *launch.Child
	code   program.Code // of the keeper
	alive  [][]int      // who was there when nothing moved any more; see look
}

// start starts a handshake, and returns when its processes are on their way.
func (c *compiled) start(by *launch.Launcher, user bool) (_ *arena, err error) {
	hold, err := gate.Futex.New(c.setting.board)
	if err != nil {
		return nil, err
	}
	first := c.profile.Processes[0].Name
	begin := program.Program{program.FutexWait(c.begins, 0)}
	begin = append(begin, closeAllBut(c.parts)...)
	if cpu := c.setting.first; cpu >= 0 {
		begin = append(begin, program.Pin(cpu))
	}
	parts := append([]program.Part{{Program: begin}}, c.parts...)
	keeping := program.Program{
		// What is mounted is the host's, and shows processes by other IDs than theirs.
		program.MakePrivate(),
		program.MountProc("/proc"),
		program.Spawn(0, parts...).Into(c.pids[first]),
		program.CloseRange(0, math.MaxUint32),
		program.Store(c.begins, 1),
		program.FutexWake(c.begins, 1),
		program.ReapAll(c.zero),
	}
	ns := launch.PID | launch.Mnt | launch.UTS
	if c.links() {
		ns |= launch.Net
	}
	if user {
		ns |= launch.User
	}
	a := &arena{compiled: c}
	a.keeper, err = by.Start(launch.Config{Kind: launch.Clone, Namespaces: ns, CPU: -1}, c.setting.board,
		program.Part{Program: hold.Wait()}, program.Part{Program: keeping})
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.kill())
		}
	}()
	if user {
		if err = launch.WriteMaps(a.keeper.PID); err != nil {
			return nil, err
		}
	}
	if err = c.giveUp(); err != nil {
		return nil, err
	}
	code, err := c.setting.board.Load(program.Env{Peer: a.keeper.PID}, program.Part{Program: hold.Release(program.Child)})
	if err != nil {
		return nil, err
	}
	a.code = a.keeper.Code()
	if o := program.Run(code); o.Verdict != program.Released {
		return nil, fmt.Errorf("let the keeper of a handshake go: %v", o)
	}
	return a, nil
}

// links reports whether the profile moves network devices.
func (c *compiled) links() bool {
	for _, s := range c.profile.Steps {
		if s.Kind == Does && s.Work.Name == workLink {
			return true
		}
	}
	return false
}

// giveUp takes from this process what would keep the end of a process of the handshake
// from showing: its copies of pipes, sockets and locked files. An empty file comes to
// stand in the place of each, so that the gates can close what they have opened.
func (c *compiled) giveUp() error {
	null, err := unix.Open("/dev/null", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return &os.PathError{Op: "open", Path: "/dev/null", Err: err}
	}
	for _, g := range c.gates {
		if g == nil {
			continue
		}
		for _, fd := range append(g.Wait(), g.Release(program.Child)...).Files() {
			var stat unix.Stat_t
			if err = unix.Fstat(fd.N, &stat); err != nil {
				err = fmt.Errorf("%s: %w", fd.Name, os.NewSyscallError("fstat", err))
				break
			}
			switch stat.Mode & unix.S_IFMT {
			case unix.S_IFIFO, unix.S_IFSOCK, unix.S_IFREG:
				err = errors.Join(err, os.NewSyscallError("dup3", unix.Dup3(null, fd.N, unix.O_CLOEXEC)))
			}
		}
	}
	return errors.Join(err, os.NewSyscallError("close", unix.Close(null)))
}

// patience is how long a handshake may take, but for its sleeps, before it counts as
// hung, where nobody looks after it: far above what any takes.
const patience = 10 * time.Second

// await waits for the end of everybody, some of whom sleep for so long. What has not ended
// by then is killed, and said so.
func (a *arena) await(sleeps time.Duration) (hung bool, err error) {
	done := make(chan bool, 1)
	timer := time.AfterFunc(sleeps+patience, func() {
		done <- true
		_ = a.keeper.Kill() // whether it was there is what the wait tells
	})
	_, err = a.keeper.Wait()
	if !timer.Stop() {
		hung = <-done
	}
	return hung, err
}

// kill ends everybody.
func (a *arena) kill() error {
	err := a.keeper.Kill()
	_, waitErr := a.keeper.Wait()
	return errors.Join(err, waitErr)
}
