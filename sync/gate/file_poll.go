package gate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/nsbench/nsbench/sync/program"
)

// FilePoll releases the child by creating a file, for which the child looks by
// its path, again and again, and sleeps 50 us in between. statx(2), nanosleep(2).
//
// It is what shell scripts do, with longer sleeps. A release is seen half a
// sleep later on average, a whole one at worst, and a sleep is longer than
// asked for: the kernel may let it end late by the slack of its thread, which is
// 50 us for a process that has not asked for less. A child inherits the slack
// of the thread that clones it, and a thread that measures has set its own to
// nothing, so the child sets it back first. PR_SET_TIMERSLACK(2const).
//
// The release itself takes as long as the file system that $TMPDIR is on needs
// to create a file: several times longer on ext4 than on tmpfs.
//
// Cost: no descriptor, but a directory and a file; a statx and a nanosleep for
// each look of the child, as long as it waits, and a timer that wakes its CPU
// for each; a mknodat for the parent, which frees all who look. Either side can
// set it up, since all it needs is a path. For the same reason a child that
// mounts something over that directory cuts itself off, which new namespaces
// alone do not. A parent that is killed leaves the directory behind.
//
// When the parent dies, nothing happens: the child looks for ever.
var FilePoll = Primitive{
	Name:       "file-poll",
	Family:     File,
	Summary:    "the parent creates a file; the child looks for it every 50 us",
	Blocking:   true,
	SetUp:      ByEither,
	Frees:      FreesAll,
	Cost:       "a directory and a file; child: statx and nanosleep for each look; parent: mknodat, which frees every looker",
	Orphan:     WaitsForEver,
	ParentDies: "looks for ever",
	Source:     "statx(2), nanosleep(2), mknod(2)",
	New:        newFilePoll,
}

const (
	lookInterval = 50 * time.Microsecond
	usualSlack   = 50 * time.Microsecond // of a thread whose ancestors have set none
)

type filePoll struct{ place }

var _ Gate = filePoll{}

func newFilePoll(*program.Board) (Gate, error) {
	p, err := newPlace()
	return filePoll{p}, err
}

func (g filePoll) Wait() program.Program {
	return program.Program{
		program.TimerSlack(usualSlack),
		program.Arm(),
		program.AwaitFile(g.file, lookInterval),
	}
}

func (g filePoll) Release(program.Peer) program.Program {
	return program.Program{program.Create(g.file)}
}

func (g filePoll) Close(...program.Program) error { return g.remove() }

// A place is a directory of one's own, and the path of a file in it that is not
// there yet.
type place struct{ dir, file string }

func newPlace() (place, error) {
	dir, err := os.MkdirTemp("", fmt.Sprintf("nsbench-%d-", os.Getpid()))
	return place{dir, filepath.Join(dir, "go")}, err
}

// remove removes the directory, and the file if there is one by now.
func (p place) remove() error {
	err := os.Remove(p.file)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, os.Remove(p.dir))
}
