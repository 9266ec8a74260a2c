//go:build amd64 || arm64

package trial

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// A Script is what a parent does. It runs in a process of its own, on a thread that
// is not the first of it.
type Script func(*Parent) End

// Scripts are known by their names, in the command as in the processes that it starts.
type Scripts map[string]Script

// An End is how a script ends: what the parent tells the observer last.
type End struct{ told }

// A Parent is the parent's side of a trial, for a script to act by. Its methods are
// to be called on the goroutine of the script.
type Parent struct {
	Primitive gate.Primitive
	Args      []string

	// Board is shared with the observer, with one stage that the child stamps and
	// another for whoever else a script starts.
	Board *program.Board

	// Gate is the gate that the script is about, after Make.
	Gate gate.Gate

	// Group is the directory of the control group of version 2 that the observer is
	// in, in which groups may be made. Where there is none it is empty, and Groupless
	// says why.
	Group, Groupless string

	launcher *launch.Launcher
	before   map[int]bool // descriptors that were open before the gate was made
	tells    *os.File
	told     *bufio.Reader
}

// The stages of the board.
const (
	StageChild = iota // of the child that is held
	StageOther
	stages
)

// Launcher is the launcher of this process, made when it is asked for.
func (p *Parent) Launcher() (_ *launch.Launcher, err error) {
	if p.launcher == nil {
		p.launcher, err = launch.New()
	}
	return p.launcher, err
}

// Make makes the gate. The End is for a gate that cannot be made.
func (p *Parent) Make() (failed *End) {
	var err error
	if p.before, err = openFiles(); err == nil {
		p.Gate, err = p.Primitive.New(p.Board)
	}
	if err != nil {
		end := p.Failed(fmt.Errorf("make a gate: %w", err))
		return &end
	}
	return nil
}

// Ends are the descriptors that this process has opened since Make for the gate, by
// making it and by holding a child, but for the launcher's.
func (p *Parent) Ends() (ends []program.FD, err error) {
	now, err := openFiles()
	if err != nil {
		return nil, err
	}
	for fd := range now {
		if !p.before[fd] && !p.launcher.Owns(fd) {
			ends = append(ends, program.FD{Name: "end", N: fd})
		}
	}
	slices.SortFunc(ends, func(a, b program.FD) int { return a.N - b.N })
	return ends, nil
}

// openFiles are the descriptors of this process.
func openFiles() (map[int]bool, error) {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil, err
	}
	all := make(map[int]bool)
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil {
			return nil, fmt.Errorf("/proc/self/fd: %w", err)
		}
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil { // or it was that of the directory
			all[fd] = true
		}
	}
	return all, nil
}

// Failed ends a script by an error: one that says that something is not to be had
// here is the reason for which the trial is unavailable, any other is a defect.
func (p *Parent) Failed(err error) End {
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrPermission) {
		return p.Unavailable("%v", err)
	}
	return End{told{What: tellBroken, Why: err.Error()}}
}

// Unavailable ends a script that cannot be set up for this primitive, with the reason.
func (p *Parent) Unavailable(format string, args ...any) End {
	return End{told{What: tellUnavailable, Why: fmt.Sprintf(format, args...)}}
}

// Moot is Unavailable for want of anything in the primitive that it could be done to.
func (p *Parent) Moot(format string, args ...any) End {
	return End{told{What: tellUnavailable, Moot: true, Why: fmt.Sprintf(format, args...)}}
}

// Counted is an end that tells, too, how many descriptors the gate has in this process.
func (e End) Counted(descriptors int) End {
	n := int64(descriptors)
	e.Descriptors = &n
	return e
}

// Done ends a script when all has been done: whom the observer watches comes to an
// end now or is hung. The note says what else was seen.
func (p *Parent) Done(note string) End { return End{told{What: tellDone, Note: note}} }

// DoneBeside is Done with the release latency of a child without the fault, in ns.
func (p *Parent) DoneBeside(free int64, note string) End {
	return End{told{What: tellDone, FreeNS: free, Note: note}}
}

// Killed ends a script, and this process, by SIGKILL from outside.
func (p *Parent) Killed() End { return End{told{What: tellKill}} }

// Exits ends a script by the end of this process, without a word to the child.
func (p *Parent) Exits() End { return End{told{What: tellExit}} }

// Met ends a script that is about the parent's own operation, see WatchSelf, by what
// that came to.
func (p *Parent) Met(o program.Outcome, ran program.Program, note string) End {
	return End{told{What: tellMet, Outcome: p.outcome(o, ran), Note: note}}
}

func (p *Parent) outcome(o program.Outcome, ran program.Program) outcome {
	out := outcome{Verdict: o.Verdict.String(), Errno: uint16(o.Errno), Result: o.Result}
	if o.Verdict != program.Released && o.Index < len(ran) {
		out.At = call(ran[o.Index])
	}
	return out
}

// Start starts a child at the gate that goes through a wait program and then through
// others, and tells the observer to watch it. It does not die with its parent.
func (p *Parent) Start(ns launch.Namespaces, wait program.Program, then ...program.Program) (*launch.Child, error) {
	return p.StartBy(launch.Config{Namespaces: ns, CPU: -1, Untied: true}, wait, then...)
}

// StartBy is Start by a configuration.
func (p *Parent) StartBy(cfg launch.Config, wait program.Program, then ...program.Program) (*launch.Child, error) {
	l, err := p.Launcher()
	if err != nil {
		return nil, err
	}
	wait = append(slices.Clip(wait), program.Resumed())
	parts := []program.Part{{Stage: StageChild, Program: wait}}
	for _, t := range then {
		parts = append(parts, program.Part{Stage: StageChild, Program: t})
	}
	c, err := l.Start(cfg, p.Board, parts...)
	if err != nil {
		return nil, err
	}
	return c, p.Watch(result.OfChild, c, parts...)
}

// Watch has the observer watch a child of the launcher, and returns when it does. The
// parts are those that it was started with: the outcome is theirs.
func (p *Parent) Watch(of string, c *launch.Child, parts ...program.Part) error {
	return p.WatchCode(of, c.PID, c.Code(), append([]program.Part{{}}, parts...)...) // the first is the launcher's own
}

// WatchCode has the observer watch a process that runs a code, which consists of the
// parts.
func (p *Parent) WatchCode(of string, pid int, code program.Code, parts ...program.Part) error {
	t := told{What: tellWatch, Of: of, PID: pid, Code: code.Handle()}
	for _, part := range parts {
		t.Parts = append(t.Parts, lines(part.Program))
		if t.At == "" {
			t.At = waitsIn(part.Program)
		}
	}
	return p.tell(t)
}

// WatchSelf has the observer watch this thread: what counts is what becomes of the
// parent, by the operation that comes next.
func (p *Parent) WatchSelf(next program.Program) error {
	return p.tell(told{What: tellWatch, Of: result.OfParent, PID: os.Getpid(), TID: unix.Gettid(), At: waitsAt(next)})
}

// Rests says that nothing happens for a while: others may be busy meanwhile, also in
// a trial that is alone. Alone ends that.
func (p *Parent) Rests() error { return p.say(told{What: tellRests}) }

// Alone returns when no other trial is busy.
func (p *Parent) Alone() error { return p.tell(told{What: tellAlone}) }

func lines(p program.Program) (all []string) {
	for _, op := range p {
		all = append(all, call(op))
	}
	return all
}

// call is an operation in words: what it does, without what is wanted of it.
func call(op program.Op) string {
	text := strings.TrimSuffix(op.String(), ";")
	if i := outside(text, "; "); i >= 0 {
		text = text[:i]
	}
	if i := strings.LastIndex(text, ") = "); i >= 0 {
		text = text[:i+1]
	}
	return text
}

// outside is where a text stands in another outside of all brackets, or -1.
func outside(text, what string) int {
	depth := 0
	for i, r := range text {
		switch {
		case strings.ContainsRune("([{", r):
			depth++
		case strings.ContainsRune(")]}", r):
			depth--
		case depth == 0 && strings.HasPrefix(text[i:], what):
			return i
		}
	}
	return -1
}

// waitsIn is the operation in which a program waits, in words: the first behind its
// arming that can last for ever, which a spin of so many looks cannot.
func waitsIn(p program.Program) string {
	_, after := p.Split()
	for _, op := range after[min(1, len(after)):] {
		if text := call(op); !strings.HasPrefix(text, "for (") {
			return text
		}
	}
	return ""
}

// ErrEnded says that a child has ended, or has come to a stand, before it was held: its
// outcome tells why.
var ErrEnded = errors.New("the child ended before it was held")

// AwaitHeld waits until the child is held: it has armed and, if its primitive gives
// the CPU up, sleeps. Then it does what the parent has to do before a release. The
// error is ErrEnded if it does not come to that, and what the observer sees counts.
func (p *Parent) AwaitHeld(c *launch.Child) error {
	if err := p.AwaitAsleep(c); err != nil {
		return err
	}
	return p.Hold(c)
}

// nap is how long no look is taken.
const nap = 100 * time.Microsecond

// AwaitAsleep waits until the child waits at its gate.
func (p *Parent) AwaitAsleep(c *launch.Child) error { return p.AwaitWaiting(c, StageChild) }

// AwaitWaiting is AwaitAsleep for a child that stamps another stage.
//
// One that sleeps for long before it has armed never will.
func (p *Parent) AwaitWaiting(c *launch.Child, stage int) error {
	since := time.Now()
	for asleep := 0; asleep < never || time.Since(since) < neverFor; asleep++ {
		armed := p.Board.AwaitArmed(stage, 1)
		l := LookAt(c.PID)
		switch {
		case l.Gone():
			return ErrEnded
		case armed && (l.Rests() || !p.Primitive.Blocking):
			return nil
		case !l.Rests():
			asleep, since = 0, time.Now()
		}
		time.Sleep(nap)
	}
	return ErrEnded
}

// One that is found asleep by so many looks in a row, and for so long, will not go on.
const (
	never    = 100
	neverFor = time.Second
)

// Hold does what the parent has to do before a release, if there is anything.
func (p *Parent) Hold(c *launch.Child) error {
	h, ok := p.Gate.(gate.Holder)
	if !ok {
		return nil
	}
	run, err := p.Prepare(c, h.Hold(program.Child))
	if err != nil {
		return err
	}
	o, err := run()
	switch {
	case err != nil:
		return err
	case o.Verdict == program.Released:
		return nil
	case LookAt(c.PID).Gone():
		return ErrEnded
	}
	return fmt.Errorf("hold the child: %v", o)
}

// Release lets the child go, and stamps the stage of the child. It returns the
// program with the stamps, to which the outcome belongs.
func (p *Parent) Release(c *launch.Child) (program.Outcome, program.Program, error) {
	release := program.Program{program.Stamp(program.StampReleased)}
	release = append(release, p.Gate.Release(program.Child)...)
	release = append(release, program.Stamp(program.StampSignalled))
	run, err := p.Prepare(c, release)
	if err != nil {
		return program.Outcome{}, release, err
	}
	o, err := run()
	return o, release, err
}

// Prepare resolves a program of the parent's side, while the child can be asked for
// what that takes. What it returns runs it; the observer sees if it hangs.
func (p *Parent) Prepare(c *launch.Child, side program.Program) (run func() (program.Outcome, error), err error) {
	env, err := c.Env(side)
	if err != nil {
		return nil, err
	}
	code, err := p.Board.Load(env, program.Part{Stage: StageChild, Program: side})
	if err != nil {
		return nil, err
	}
	return func() (program.Outcome, error) {
		if err := p.say(told{What: tellActs, TID: unix.Gettid(), At: waitsAt(side)}); err != nil {
			return program.Outcome{}, err
		}
		o := program.Run(code)
		return o, p.say(told{What: tellActs})
	}, nil
}

// waitsAt is the first operation of a program that is no stamp, in words.
func waitsAt(p program.Program) string {
	for _, op := range p {
		if s := op.String(); s != program.Stamp(program.StampReleased).String() {
			return call(op)
		}
	}
	return ""
}

// LetGo holds the child as its gate asks for, lets it go, and ends the script. A
// release that fails is noted.
func (p *Parent) LetGo(c *launch.Child) End {
	if err := p.AwaitHeld(c); err != nil {
		return p.Ended(err)
	}
	return p.LetGoHeld(c)
}

// LetGoHeld is LetGo of a child that is held.
func (p *Parent) LetGoHeld(c *launch.Child) End {
	o, ran, err := p.Release(c)
	if err != nil {
		return p.Failed(err)
	}
	return p.Done(p.Note(o, ran))
}

// Ended ends a script by an error of AwaitHeld.
func (p *Parent) Ended(err error) End {
	if errors.Is(err, ErrEnded) {
		return p.Done("")
	}
	return p.Failed(err)
}

// Note says what a release met, if it did not go as wanted.
func (p *Parent) Note(o program.Outcome, ran program.Program) string {
	if o.Verdict == program.Released {
		return ""
	}
	met := p.outcome(o, ran)
	if met.Errno == 0 {
		return fmt.Sprintf("the parent's %s returned %d", met.At, met.Result)
	}
	return fmt.Sprintf("the parent's %s failed with %s", met.At, errnoName(met.Errno))
}

// Also puts something that was seen, if anything was, behind a note.
func Also(note, seen string) string {
	if note == "" || seen == "" {
		return note + seen
	}
	return note + "; " + seen
}

// Run runs a program in this process, stamped at the stage of the child.
func (p *Parent) Run(env program.Env, side program.Program) (program.Outcome, error) {
	code, err := p.Board.Load(env, program.Part{Stage: StageChild, Program: side})
	if err != nil {
		return program.Outcome{}, err
	}
	return program.Run(code), nil
}

// tell tells the observer something that it answers.
func (p *Parent) tell(t told) error {
	if err := p.say(t); err != nil {
		return err
	}
	if _, err := p.told.ReadByte(); err != nil {
		return fmt.Errorf("the observer does not answer: %w", err)
	}
	return nil
}

func (p *Parent) say(t told) error {
	line, err := json.Marshal(t)
	if err != nil {
		return err
	}
	_, err = p.tells.Write(append(line, '\n'))
	return err
}

// The descriptors of a parent, besides the streams.
const (
	parentTells = 3 + iota
	parentTold
	parentBoard
)

// parentName is argv[0] of a parent.
const parentName = "nsbench: parent on trial"

// runParent is what a process that the observer starts does: it never returns.
func runParent(scripts Scripts, args []string) {
	// The script runs on another thread than the first, for the thread that has
	// cloned can end, and the first cannot.
	runtime.LockOSThread()
	go func() {
		p := &Parent{tells: os.NewFile(parentTells, "pipe to the observer"), told: bufio.NewReader(os.NewFile(parentTold, "pipe from the observer"))}
		end := p.play(scripts, args)
		err := p.say(end.told)
		if err != nil || end.What == tellExit {
			os.Exit(0)
		}
		select {} // until it is killed
	}()
	// Without a thread in a system call the runtime would find that everybody sleeps,
	// and end the process.
	for {
		_ = unix.Pause()
	}
}

// play reads the arguments and runs the script.
func (p *Parent) play(scripts Scripts, args []string) End {
	var order parentOrder
	if err := json.Unmarshal([]byte(strings.Join(args, " ")), &order); err != nil {
		return p.Failed(fmt.Errorf("arguments of a parent: %w", err))
	}
	var known bool
	if p.Primitive, known = gate.Named(order.Primitive); !known {
		return p.Failed(fmt.Errorf("no such primitive: %s", order.Primitive))
	}
	script, known := scripts[order.Script]
	if !known {
		return p.Failed(fmt.Errorf("no such script: %s", order.Script))
	}
	p.Args, p.Group, p.Groupless = order.Args, order.Group, order.Groupless
	for _, fd := range []int{parentTells, parentTold, parentBoard} {
		unix.CloseOnExec(fd)
	}
	// The runtime opens what it waits by for files when it opens the first, which
	// would pass for a descriptor of the gate.
	if _, err := os.ReadFile("/proc/self/stat"); err != nil {
		return p.Failed(err)
	}
	var err error
	if p.Board, err = program.OpenBoard(program.Handle{FD: parentBoard, Base: order.Base, Clock: boardClock}); err != nil {
		return p.Failed(err)
	}
	if err = p.Board.Reset(stages); err != nil {
		return p.Failed(err)
	}
	return script(p)
}

// A parentOrder is what a parent is told at its start.
type parentOrder struct {
	Script    string   `json:"script"`
	Primitive string   `json:"primitive"`
	Args      []string `json:"args,omitempty"`
	Group     string   `json:"group,omitempty"`     // see Parent.Group
	Groupless string   `json:"groupless,omitempty"` // see Parent.Groupless
	Base      uintptr  `json:"base"`                // where the board is
}
