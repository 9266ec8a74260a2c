//go:build amd64 || arm64

package condition

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/program"
)

// A Drainer waits until the kernel has taken apart the network namespaces of
// children that are gone: it does that behind their end, one batch after another
// (cleanup_net in net/core/net_namespace.c), and whatever is measured meanwhile
// shares its CPUs and its locks with that work.
//
// Nothing tells when it is done. So the Drainer adds a namespace of its own, the
// marker, which the kernel comes to last or together with the last: it takes all
// that are waiting at once, in one thread, and the next to come are the next
// batch. Whether the marker is gone can be told from a limit. It belongs to a
// user namespace that is alone allowed in another, and it alone keeps that alive:
// there can be a new user namespace again when the marker has been taken apart,
// and not before. namespaces(7), "/proc/sys/user".
//
// The designs that lost: to let the limit be on network namespaces, whose proof
// is a new one that has to be taken apart in its turn; a notification of the
// kernel's (RTM_DELNSID), which comes at the beginning of the work; and the names
// of the kernel's threads, which show the work that runs but not that which
// waits. The last is what remains where there may be no user namespaces.
type Drainer struct {
	Means DrainMeans
	Why   error // for which it is not DrainMarker
	by    *launch.Launcher
	board *program.Board
	user  int // the user namespace in which there may be one more, or -1
	proc  fs.FS
}

// retry is how long to sleep between two looks.
const retry = time.Millisecond

// NewDrainer prepares to drain. It is ErrCannotTell where nothing can tell.
func NewDrainer(by *launch.Launcher) (*Drainer, error) {
	d, err := newMarking(by)
	if err == nil {
		return d, nil
	}
	proc := os.DirFS("/proc")
	if seen, _, lookErr := cleaners(proc); lookErr != nil || !seen {
		return nil, errors.Join(fmt.Errorf("drain network namespaces: %w: user namespaces are not to be had (%w), and /proc shows no threads of the kernel: sysctl user.max_user_namespaces=10000",
			ErrCannotTell, err), lookErr)
	}
	return &Drainer{Means: DrainWorkers, Why: err, by: by, user: -1, proc: proc}, nil
}

// newMarking makes the user namespace in which there may be one more. A child
// makes it, for its parent to hold: a process with several threads cannot.
func newMarking(by *launch.Launcher) (_ *Drainer, err error) {
	d := &Drainer{Means: DrainMarker, by: by, user: -1}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Close())
		}
	}()
	if d.board, err = program.NewBoard(2*spinnerRoom, program.Syscall); err != nil {
		return nil, err
	}
	if d.user, err = limitedNamespace(by, d.board, "max_user_namespaces", "1"); err != nil {
		return nil, err
	}
	// Both calls, before anything is measured: a filter may forbid one of them, or a limit
	// further out, behind which nobody would ever get out of the way.
	return d, d.drain(program.UnshareNow(program.NewUser | program.NewNet))
}

// limitedNamespace returns a descriptor of a new user namespace with a limit.
func limitedNamespace(by *launch.Launcher, board *program.Board, name, limit string) (fd int, err error) {
	if err := board.Reset(1); err != nil {
		return -1, err
	}
	file, err := board.Word(name)
	if err != nil {
		return -1, err
	}
	// The limit is that of the namespace in which the file is opened.
	maker, err := by.Start(launch.Config{Namespaces: launch.User, CPU: -1}, board, program.Part{Program: program.Program{
		program.Open("/proc/sys/user/"+name, program.ReadWrite).Into(file),
		program.Write(file, limit),
		program.Arm(),
		program.Sigwait(program.Signals()),
	}})
	if err != nil {
		return -1, err
	}
	defer func() {
		killErr := maker.Kill()
		_, waitErr := maker.Wait()
		err = errors.Join(err, killErr, waitErr)
	}()
	for !board.AwaitArmed(0, 1) {
		if maker.Ended() {
			return -1, fmt.Errorf("limit %s of a user namespace: %v", name, maker.Outcome())
		}
		nap()
	}
	// Only a user who is mapped may make a namespace in it. clone(2), EPERM.
	if err := launch.WriteMaps(maker.PID); err != nil {
		return -1, err
	}
	path := fmt.Sprintf("/proc/%d/ns/user", maker.PID)
	if fd, err = unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0); err != nil {
		return -1, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return fd, nil
}

// Drain returns when every network namespace whose last process had been reaped
// before the call has been taken apart. By DrainWorkers it may be too early by
// work that is queued and not begun. It takes as long as the kernel does, tens of
// milliseconds even for the marker alone; Launcher.Kill ends it, with an error.
func (d *Drainer) Drain() error {
	if d.Means == DrainWorkers {
		return d.awaitWorkers()
	}
	return d.drain(program.Unshare(program.NewUser|program.NewNet, retry))
}

// drain does it by a marker, which is given up at once.
func (d *Drainer) drain(marker program.Op) error {
	user := program.FD{Name: "limited user namespace", N: d.user}
	for _, unshare := range []program.Op{
		marker,
		program.Unshare(program.NewUser, retry), // there is room for it when the marker is gone
	} {
		if err := d.child(program.JoinNamespace(user, program.NewUser), unshare); err != nil {
			return fmt.Errorf("drain network namespaces: %w", err)
		}
	}
	return nil
}

// child has a child do that, and reaps it.
func (d *Drainer) child(p ...program.Op) error {
	if err := d.board.Reset(1); err != nil {
		return err
	}
	c, err := d.by.Start(launch.Config{CPU: -1}, d.board, program.Part{Program: p})
	if err != nil {
		return err
	}
	exit, err := c.Wait()
	if o := c.Outcome(); err == nil && o.Verdict != program.Released {
		err = fmt.Errorf("%v (%v)", o, exit)
	}
	return err
}

// quietLooks is how many looks in a row have to find nothing at work: between two
// batches the kernel's thread is at none for a moment.
const quietLooks = 3

func (d *Drainer) awaitWorkers() error {
	for quiet := 0; quiet < quietLooks; quiet++ {
		_, working, err := cleaners(d.proc)
		if err != nil {
			return fmt.Errorf("drain network namespaces: %w", err)
		}
		if working {
			quiet = -1
		}
		moment := unix.NsecToTimespec(retry.Nanoseconds())
		_ = unix.Nanosleep(&moment, nil) // an interrupted one is a look the sooner
	}
	return nil
}

// cleaners looks whether threads of the kernel can be seen at all, and whether
// one of them takes namespaces apart: its name then ends in a plus and the queue
// (wq_worker_comm in kernel/workqueue.c).
func cleaners(proc fs.FS) (seen, working bool, err error) {
	names, err := fs.Glob(proc, "[0-9]*/comm")
	if err != nil {
		return false, false, err
	}
	for _, name := range names {
		comm := read(proc, name) // of one that has ended meanwhile it is empty
		if strings.HasPrefix(comm, "kworker/") {
			seen = true
			working = working || strings.HasSuffix(comm, "+netns")
		}
	}
	return seen, working, nil
}

// Close gives up what NewDrainer made.
func (d *Drainer) Close() error {
	var errs []error
	if d.user >= 0 {
		errs = append(errs, os.NewSyscallError("close", unix.Close(d.user)))
		d.user = -1
	}
	if d.board != nil {
		errs = append(errs, d.board.Close())
		d.board = nil
	}
	return errors.Join(errs...)
}
