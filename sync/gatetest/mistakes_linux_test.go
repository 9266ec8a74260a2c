//go:build amd64 || arm64

package gatetest

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/google/go-cmp/cmp"

	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// A mistake is a primitive that breaks some promises, and keeps the others.
type mistake struct {
	primitive gate.Primitive
	breaks    []string // names of subtests
	only      string   // the subtest to be run, if not all
	apart     uintptr  // the new namespaces in which it is made, for others not to see it
	races     bool     // it shows only where both sides run at once
}

const (
	holds       = "holds until the release"
	goesOn      = "goes on after the release"
	early       = "an early release is not lost"
	interrupted = "an interruption is no release"
	left        = "nothing is left behind"
	reaped      = "the child is reaped"
	mix         = "two gates do not mix"
	again       = "another gate in one life"
	whom        = "one release frees whom it says"
	many        = "10,000 releases"
)

// mistakes that have been made in earnest, or easily could be.
var mistakes = map[string]mistake{
	"its own copy of the write end stays open": {
		primitive: edited(gate.PipeEOF, func(g *editedGate) { g.wait[0] = program.PollIn(g.wait[:1].Files()[0]) }),
		breaks:    []string{holds, goesOn, early, interrupted, left, reaped, mix, again, whom, many},
	},
	"it does not wait": {
		primitive: edited(gate.Eventfd, func(g *editedGate) { g.wait = program.Program{program.Arm()} }),
		breaks:    []string{holds, goesOn, interrupted, left, reaped, mix, again, whom, many},
	},
	"it does not wait, and does not say that it blocks": {
		primitive: edited(gate.Spin, func(g *editedGate) { g.wait = program.Program{program.Arm()} }),
		breaks:    []string{holds, goesOn, interrupted, mix, again, many},
	},
	"it spins, and says that it blocks": {
		primitive: blocking(gate.Spin),
		breaks:    []string{holds, goesOn, interrupted, left, reaped, mix, again, whom, many},
	},
	"it clears its word before it waits": {
		primitive: forgetful,
		breaks:    []string{early},
	},
	"it takes any signal for its own": {
		primitive: edited(gate.Sigwait, func(g *editedGate) {
			g.wait = program.Program{program.Arm(), program.Sigwait(program.Signals(program.SIGUSR1, program.SIGUSR2))}
		}),
		breaks: []string{interrupted},
	},
	"it closes what its release has closed": {
		primitive: edited(gate.PipeEOF, func(g *editedGate) {
			was := g.close
			g.close = func(...program.Program) error { return was() }
		}),
		breaks: []string{holds, goesOn, early, interrupted, left, reaped, mix, again, whom, many},
	},
	"it releases its neighbours": {
		primitive: neighbourly(gate.Eventfd),
		breaks:    []string{mix},
	},
	"it does not wait for the child to stop before it continues it": {
		primitive: edited(gate.Sigstop, func(g *editedGate) { g.hold = nil }),
		breaks:    []string{early, many}, races: true,
	},
	"it says that it can be waited at once, and can be again": {
		primitive: once(gate.Eventfd),
		breaks:    []string{again},
	},
	"it fails at a second wait, and does not say so": {
		primitive: edited(gate.Eventfd, func(g *editedGate) { // the child gives its own descriptors up
			g.wait = append(g.wait, program.CloseRange(3, math.MaxUint32))
		}),
		breaks: []string{again, many},
	},
	"it says that a release frees one waiter, and it frees all": {
		primitive: freeing(gate.PipeEOF, gate.FreesOne),
		breaks:    []string{whom}, only: whom,
	},
	"it says that a release frees all waiters, and it frees one": {
		primitive: freeing(gate.Eventfd, gate.FreesAll),
		breaks:    []string{whom}, only: whom,
	},
	"it leaves out one release in a thousand": {
		primitive: edited(gate.Futex, seldom(func(_, g *editedGate) { g.release = nil })),
		breaks:    []string{many},
	},
	"one release in a thousand is another gate's, too": {
		primitive: edited(gate.Eventfd, seldom(func(before, g *editedGate) { before.release = append(before.release, g.release...) })),
		breaks:    []string{many},
	},
	"it looks once, and misses what comes before it sleeps": {
		primitive: dozing,
		breaks:    []string{many}, races: true,
	},
	"one in twenty is never closed": {
		primitive: leaking(gate.UnixStream, 20),
		breaks:    []string{left},
	},
	"it leaves a process behind": {
		primitive: leaking(gate.PidfdExit, 100),
		breaks:    []string{left}, only: left,
	},
	"it leaves a file behind": {
		primitive: leaking(gate.FIFO, 100),
		breaks:    []string{left}, only: left,
	},
	"it leaves a semaphore behind": {
		primitive: leaking(gate.SysvSem, 2),
		breaks:    []string{left}, only: left, apart: unix.CLONE_NEWIPC,
	},
	"it leaves a queue of messages behind": {
		primitive: leaking(gate.SysvMsg, 2),
		breaks:    []string{left}, only: left, apart: unix.CLONE_NEWIPC,
	},
	"it leaves an abstract socket behind": {
		primitive: leaking(gate.UnixAbstract, 2),
		breaks:    []string{left}, only: left, apart: unix.CLONE_NEWNET,
	},
	"it leaves a mount behind": {
		primitive: mounting,
		breaks:    []string{left}, only: left, apart: unix.CLONE_NEWNS,
	},
}

// mostRaces is how often a mistake that races is looked for: whatever else runs on
// the CPUs decides how often both sides run at once.
const mostRaces = 10

const chosen = "NSBENCH_GATETEST_MISTAKE"

// Each mistake fails the subtests that it should, and no others; one that races
// need not fail all of them each time. They fail in a process of their own: this
// test binary, executed again.
func TestMistakesAreFound(t *testing.T) {
	if m, ok := mistakes[os.Getenv(chosen)]; ok {
		defer closeLeft(t)
		Test(t, m.primitive, starter)
		return
	}
	failed := regexp.MustCompile(`(?m)^ *--- FAIL: TestMistakesAreFound/(\S+)`)
	for name, m := range mistakes {
		t.Run(name, func(t *testing.T) {
			if !m.races { // the others wait until those that need both CPUs are through
				t.Parallel()
			}
			if m.races && runtime.NumCPU() == 1 {
				missing(t, "cpus", errors.New("both sides have one CPU"))
			}
			var got []string
			var out []byte
			for attempt := 0; attempt == 0 || m.races && attempt < mostRaces && len(got) < len(m.breaks); attempt++ {
				var err error
				if out, err = m.execute(t, name); err == nil && !m.races {
					t.Error("the suite passed")
				}
				for _, match := range failed.FindAllSubmatch(out, -1) {
					if subtest := strings.ReplaceAll(string(match[1]), "_", " "); !slices.Contains(got, subtest) {
						got = append(got, subtest)
					}
				}
			}
			if diff := cmp.Diff(slices.Sorted(slices.Values(m.breaks)), slices.Sorted(slices.Values(got))); diff != "" {
				t.Errorf("failed subtests (-want +got):\n%s\n%s", diff, out)
			}
		})
	}
}

// execute runs the suite on a mistake, or skips the test where its namespaces
// cannot be had.
func (m mistake) execute(t *testing.T, name string) ([]byte, error) {
	t.Helper()
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestMistakesAreFound$/"+m.only)
	cmd.Env = append(os.Environ(), chosen+"="+name, "TMPDIR="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: m.apart}
	if m.apart != 0 && os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags = unix.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	if m.apart != 0 && errors.Is(err, fs.ErrPermission) {
		missing(t, "userns", err)
	}
	return out, err
}

// freeing is a primitive that says something else of whom a release frees.
func freeing(p gate.Primitive, w gate.Waiters) gate.Primitive {
	p.Frees = w
	return p
}

// An editedGate is a gate whose sides are not what they should be.
type editedGate struct {
	wait, release, hold program.Program
	close               func(ran ...program.Program) error
}

func (g *editedGate) Wait() program.Program                { return slices.Clone(g.wait) }
func (g *editedGate) Release(program.Peer) program.Program { return slices.Clone(g.release) }
func (g *editedGate) Close(ran ...program.Program) error   { return g.close(ran...) }

// An editedHolder is the same of a gate that has to be held.
type editedHolder struct{ *editedGate }

func (g editedHolder) Hold(program.Peer) program.Program { return slices.Clone(g.hold) }

func edited(p gate.Primitive, edit func(*editedGate)) gate.Primitive {
	was := p.New
	p.New = func(b *program.Board) (gate.Gate, error) {
		g, err := was(b)
		if err != nil {
			return nil, err
		}
		e := &editedGate{wait: g.Wait(), release: g.Release(program.Child), close: g.Close}
		if h, ok := g.(gate.Holder); ok {
			e.hold = h.Hold(program.Child)
			edit(e)
			return editedHolder{e}, nil
		}
		edit(e)
		return e, nil
	}
	return p
}

func blocking(p gate.Primitive) gate.Primitive {
	p.Blocking = true
	return p
}

func once(p gate.Primitive) gate.Primitive {
	p.Once = true
	return p
}

// seldom edits one gate in a thousand, and is given the one that was made before it, too.
func seldom(edit func(before, g *editedGate)) func(*editedGate) {
	var made int
	var before *editedGate
	return func(g *editedGate) {
		if made++; made%1000 == 500 {
			edit(before, g)
		}
		before = g
	}
}

// unclosed are what is left to be closed when the suite has been run: some of
// it would outlive the process.
var unclosed struct {
	sync.Mutex
	closes []func() error
}

// leaking closes all but one gate in so many.
func leaking(p gate.Primitive, one int) gate.Primitive {
	made := 0
	return edited(p, func(g *editedGate) {
		if made++; made%one != 0 {
			return
		}
		was := g.close
		g.close = func(ran ...program.Program) error {
			unclosed.Lock()
			defer unclosed.Unlock()
			unclosed.closes = append(unclosed.closes, func() error { return was(ran...) })
			return nil
		}
	})
}

func closeLeft(t *testing.T) {
	for _, c := range unclosed.closes {
		if err := c(); err != nil {
			t.Log(err) // its file may have gone with its folder
		}
	}
}

// mounting is an eventfd that mounts something over each folder that it makes,
// and nobody unmounts it but the end of its namespace.
var mounting = edited(gate.Eventfd, func(g *editedGate) {
	dir, err := os.MkdirTemp("", "")
	if err == nil {
		err = unix.Mount("nsbench", dir, "tmpfs", 0, "")
	}
	was := g.close
	g.close = func(ran ...program.Program) error { return errors.Join(err, was(ran...)) }
})

// dozing is a futex whose waiter looks at the word, does something else, and
// then sets what it sleeps on to what it saw: a release in between is undone.
var dozing = gate.Primitive{Name: "dozing", Blocking: true, New: func(b *program.Board) (gate.Gate, error) {
	open, err := b.Word("open")
	if err != nil {
		return nil, err
	}
	saw, err := b.Word("saw")
	if err != nil {
		return nil, err
	}
	sleeping, err := b.Word("sleeping")
	return &editedGate{
		wait: program.Program{
			program.Arm(), program.Load(open).Into(saw), program.Getpid(), program.Getpid(), program.Getpid(), program.Getpid(),
			program.Move(sleeping, saw), program.FutexWait(sleeping, 0),
		},
		release: program.Program{program.Store(open, 1), program.Store(sleeping, 1), program.FutexWake(sleeping, 1)},
		close:   func(...program.Program) error { return nil },
	}, err
}}

// forgetful is a futex whose waiter begins by setting the word to what it waits on.
var forgetful = gate.Primitive{Name: "forgetful", Blocking: true, New: func(b *program.Board) (gate.Gate, error) {
	w, err := b.Word("word")
	return &editedGate{
		wait:    program.Program{program.Store(w, 0), program.Arm(), program.FutexWait(w, 0)},
		release: program.Program{program.Store(w, 1), program.FutexWake(w, 1)},
		close:   func(...program.Program) error { return nil },
	}, err
}}

// neighbourly has each gate release those that were made before it, too.
func neighbourly(p gate.Primitive) gate.Primitive {
	var lock sync.Mutex // gates are closed at once
	var open []*editedGate
	return edited(p, func(g *editedGate) {
		lock.Lock()
		defer lock.Unlock()
		for _, other := range open {
			g.release = append(g.release, other.release[0])
		}
		open = append(open, g)
		was := g.close
		g.close = func(ran ...program.Program) error {
			lock.Lock()
			defer lock.Unlock()
			open = slices.DeleteFunc(open, func(o *editedGate) bool { return o == g })
			return was(ran...)
		}
	})
}
