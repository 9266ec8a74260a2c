//go:build amd64 || arm64

package launch

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/program"
)

// A Launcher starts children, from one thread, and knows those that live.
type Launcher struct {
	self     program.FD // a pidfd of this process
	prologue prologues
	withheld *program.Withheld
	stack    stack // of the children that copy memory, each of which gets a copy of it, and of one that shares it

	mu       sync.Mutex
	closed   bool
	children []*Child // each at its place
	stacks   stacks   // of those that share it

	blocked *unix.Sigset_t // what Block found; nil if it has not been called
}

// launching says that there is a launcher in this process.
var launching atomic.Bool

// New locks the calling goroutine to its thread, which is to stay until Close:
// the children die with the thread that cloned them. prctl(2).
//
// A process has one launcher at a time. Two would each withhold the other's
// stack, and the children of the first would have none.
func New() (*Launcher, error) {
	if !launching.CompareAndSwap(false, true) {
		return nil, errors.New("launcher: this process has one already")
	}
	runtime.LockOSThread()
	l, err := newLauncher()
	if err != nil {
		runtime.UnlockOSThread()
		launching.Store(false)
		return nil, fmt.Errorf("launcher: %w", err)
	}
	return l, nil
}

func newLauncher() (*Launcher, error) {
	self, err := unix.PidfdOpen(os.Getpid(), 0)
	if err != nil {
		return nil, os.NewSyscallError("pidfd_open", err)
	}
	l := &Launcher{self: program.FD{Name: "parent", N: self}}
	l.prologue = newPrologues(l.self)
	if l.stack, err = mapStack(); err != nil {
		return nil, errors.Join(err, l.free())
	}
	l.stacks.give(l.stack) // every mapping is walked at a clone and at an end
	if l.withheld, err = program.Withhold(l.stack.usable); err != nil {
		return nil, errors.Join(err, l.free())
	}
	return l, nil
}

// free undoes what newLauncher did, as far as it came.
func (l *Launcher) free() error {
	errs := []error{os.NewSyscallError("close", unix.Close(l.self.N))}
	if l.withheld != nil {
		errs = append(errs, l.withheld.Release())
	}
	return errors.Join(append(errs, l.stacks.unmap())...)
}

// Trim keeps the memory that this process has grown since New, or since the last
// Trim, out of children that are cloned by copy: they need none of it, and it
// makes a clone dear. It takes a fraction of a millisecond.
func (l *Launcher) Trim() error { return l.withheld.Renew() }

// Start starts a child that runs the parts, one after another, and then exits.
// The parts are checked before anything is cloned, and what they need is taken
// from the board. The call is made on the thread that New locked. A *CloneError
// is the kernel's refusal; an executed child that cannot run the parts is an
// error, too, and is gone then. Children of every kind may live at the same time.
func (l *Launcher) Start(cfg Config, b *program.Board, parts ...program.Part) (*Child, error) {
	parts = l.prologue.before(cfg, parts)
	code, err := b.Load(program.Env{}, parts...)
	if err != nil {
		return nil, err
	}
	if cfg.Kind == Exec {
		return l.exec(cfg, b, code, parts)
	}
	c, err := l.clone(cfg, code)
	if err != nil || cfg.CPU < 0 {
		return c, err
	}
	if err := c.pin(cfg.CPU); err != nil {
		return nil, errors.Join(err, c.discard())
	}
	return c, nil
}

func (l *Launcher) clone(cfg Config, code program.Code) (*Child, error) {
	return l.enlist(&Child{l: l, code: code, pidfd: -1, outlives: cfg.Outlives}, func(c *Child) (err error) {
		switch cfg.Kind {
		case Clone:
			c.PID, c.pidfd, err = l.start(code, uint64(cfg.Namespaces), l.stack.usable)
			return cloneError(cfg.Namespaces, err)
		case VM:
			return cloneError(cfg.Namespaces, c.cloneVM(cfg.Namespaces))
		}
		return fmt.Errorf("clone: no such launcher: %v", cfg.Kind)
	})
}

// enlist starts a child and notes it in the same moment, as Kill and Close see it.
func (l *Launcher) enlist(c *Child, start func(*Child) error) (*Child, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, errors.New("clone: the launcher is closed")
	}
	c.place = -1
	if err := start(c); err != nil {
		return nil, err
	}
	c.place = len(l.children)
	l.children = append(l.children, c)
	return c, nil
}

// strike takes a child that has been reaped off the list.
func (l *Launcher) strike(c *Child) {
	last := len(l.children) - 1
	l.children[c.place] = l.children[last]
	l.children[c.place].place = c.place
	l.children[last] = nil
	l.children = l.children[:last]
	c.place = -1
}

// start clones a child, with every signal blocked.
func (l *Launcher) start(code program.Code, flags uint64, stack []byte) (pid, pidfd int, err error) {
	if l.blocked != nil {
		return program.CloneBlocked(code, flags, stack)
	}
	return program.Clone(code, flags, stack)
}

// Block blocks every signal on the thread that New locked, until Close, so that it
// need not be done anew for each child. rt_sigprocmask(2).
func (l *Launcher) Block() error {
	if l.blocked != nil {
		return nil
	}
	var all, old unix.Sigset_t
	for i := range all.Val {
		all.Val[i] = ^uint64(0)
	}
	if err := unix.PthreadSigmask(unix.SIG_SETMASK, &all, &old); err != nil {
		return fmt.Errorf("block signals: %w", os.NewSyscallError("rt_sigprocmask", err))
	}
	l.blocked = &old
	return nil
}

// unblock undoes Block.
func (l *Launcher) unblock() error {
	if l.blocked == nil {
		return nil
	}
	old := l.blocked
	l.blocked = nil
	return os.NewSyscallError("rt_sigprocmask", unix.PthreadSigmask(unix.SIG_SETMASK, old, nil))
}

func cloneError(ns Namespaces, err error) error {
	if err == nil {
		return nil
	}
	return &CloneError{ns, err}
}

// cloneVM clones a child that shares this process's memory.
func (c *Child) cloneVM(ns Namespaces) error {
	own, err := c.l.stacks.take()
	if err != nil {
		return err
	}
	c.PID, c.pidfd, err = c.l.start(c.code, uint64(ns)|unix.CLONE_VM, own.usable)
	if err != nil {
		c.l.stacks.give(own)
		return err
	}
	c.shares = own
	return nil
}

// Kill kills every child that lives, but those whose Config.Outlives is set. It
// may be called from any goroutine; the one that waits for a child then sees it
// end.
func (l *Launcher) Kill() {
	l.kill(func(c *Child) bool { return !c.outlives })
}

func (l *Launcher) kill(which func(*Child) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.children {
		if !which(c) {
			continue
		}
		_ = c.kill() // it can fail only if there is no such process, which is what is wanted
	}
}

// Close kills and reaps every child that lives, and unlocks the thread.
func (l *Launcher) Close() error {
	l.mu.Lock()
	closed := l.closed
	l.closed = true
	left := slices.Clone(l.children)
	l.mu.Unlock()
	if closed {
		return nil
	}
	l.kill(func(*Child) bool { return true })
	var errs []error
	for _, c := range left {
		_, err := c.Wait()
		errs = append(errs, err)
	}
	errs = append(errs, l.unblock(), l.free())
	runtime.UnlockOSThread()
	launching.Store(false)
	return errors.Join(errs...)
}

// Owns reports whether a descriptor of this process is one that the launcher has
// opened, for itself or for a child that lives.
func (l *Launcher) Owns(fd int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return fd == l.self.N || slices.ContainsFunc(l.children, func(c *Child) bool { return c.pidfd == fd })
}
