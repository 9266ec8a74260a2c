//go:build amd64 || arm64

package trial

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/sync/program"
)

// observerName is argv[0] of an observer.
const observerName = "nsbench: observer of trials"

// boardSize is room for the programs and words of a parent and all whom it starts.
const boardSize = 1 << 20

// boardClock is what stamps are read from: nanoseconds, the same in every process.
const boardClock = program.Syscall

// An observer carries trials out, one after another.
type observer struct {
	board   *program.Board
	handle  program.Handle
	files   *os.Root      // temporary ones
	granted chan struct{} // the pool's word that no other trial is busy
	answers *json.Encoder

	group, groupless string // its control group, or why it has none
}

// runObserver is what a process that the pool starts does: it never returns.
func runObserver(args []string) {
	o := &observer{answers: json.NewEncoder(os.Stdout), granted: make(chan struct{})}
	err := o.setUp(args)
	if err == nil {
		err = o.serve(os.Stdin)
	}
	if err != nil {
		_ = o.answers.Encode(answer{Failed: err.Error()}) // the pool may be gone, and with it who would read this
		os.Exit(1)
	}
	os.Exit(0)
}

func (o *observer) setUp(args []string) (err error) {
	if len(args) > 0 {
		o.group = args[0]
	}
	if len(args) > 1 {
		o.groupless = args[1]
	}
	if o.files, err = enclose(); err != nil {
		return err
	}
	if o.board, err = program.NewBoard(boardSize, boardClock); err != nil {
		return err
	}
	if err = o.board.Reset(stages); err != nil {
		return err
	}
	o.handle, err = o.board.Handle()
	return err
}

// serve takes orders until there are no more. The pool's end is the end of
// everything: this process is the first of its namespace.
func (o *observer) serve(in io.Reader) error {
	orders := make(chan order)
	go func() {
		lines := json.NewDecoder(bufio.NewReader(in))
		for {
			var next order
			if err := lines.Decode(&next); err != nil {
				os.Exit(0)
			}
			if next.Granted {
				o.granted <- struct{}{}
			} else {
				orders <- next
			}
		}
	}()
	if err := o.answers.Encode(answer{Ready: true}); err != nil {
		return err
	}
	for next := range orders {
		rep, err := o.try(next.Trial)
		if err = errors.Join(err, o.clear()); err != nil {
			return err
		}
		if err := o.answers.Encode(answer{Report: &rep}); err != nil {
			return err
		}
	}
	return nil
}

// A watched is whom a parent has told of.
type watched struct {
	told
	pidfd int // of its process
	code  program.Code
}

// An attempt is a trial under way.
type attempt struct {
	*observer
	trial  Trial
	parent int // its process ID
	pidfd  int
	tells  *os.File // what the parent tells
	answer *os.File
	stderr *said

	subject *watched
	ended   bool // the parent has ended, by its script
}

// try carries a trial out. The error is one after which this process cannot go on.
func (o *observer) try(t Trial) (Report, error) {
	a, err := o.start(t)
	if err != nil {
		return Report{}, err
	}
	defer a.close()
	lines, heard := make(chan told), make(chan struct{})
	defer close(heard)
	go a.listen(lines, heard)
	rep, err := a.follow(lines)
	rep.plain()
	return rep, err
}

// listen reads what the parent tells, to its end, or until nobody wants to hear more:
// a parent that was taken for hung may go on all the same.
func (a *attempt) listen(lines chan<- told, heard <-chan struct{}) {
	defer close(lines)
	in := json.NewDecoder(bufio.NewReader(a.tells))
	for {
		var t told
		if in.Decode(&t) != nil {
			return
		}
		select {
		case lines <- t:
		case <-heard:
			return
		}
	}
}

// follow hears the parent out, and then looks what comes of it.
func (a *attempt) follow(lines <-chan told) (Report, error) {
	late := time.NewTimer(a.trial.patience())
	defer late.Stop()
	looks := time.NewTimer(lookEvery)
	defer looks.Stop()
	var acts told // the last that the parent has told, if it is to do something
	var watch vigil
	for {
		select {
		case t, ok := <-lines:
			if !ok {
				return a.parentEnded()
			}
			late.Reset(a.trial.patience())
			acts, watch = told{}, vigil{deadline: a.trial.Deadline, settled: a.settled}
			switch t.What {
			case tellWatch:
				if err := a.watch(t); err != nil {
					return Report{}, err
				}
				if t.Of == result.OfParent {
					acts = t
				}
			case tellActs:
				acts = t
			case tellRests:
				a.Rests()
			case tellAlone:
				if err := a.alone(); err != nil {
					return Report{}, err
				}
				late.Reset(patience)
			case tellKill:
				if err := a.killParent(); err != nil {
					return Report{}, err
				}
				return a.outcome(t)
			case tellExit:
				a.ended = true
			case tellDone:
				return a.outcome(t)
			case tellMet:
				return a.met(t), nil
			case tellUnavailable:
				return Report{Unavailable: t.Why, Moot: t.Moot}, nil
			default:
				return a.broken("%s", t.Why), nil
			}
			if looks.Stop(); acts.TID != 0 {
				looks.Reset(lookEvery)
			}
		case <-looks.C:
			if acts.TID == 0 {
				continue
			}
			if watch.over(lookAt(a.parent, acts.TID), time.Now()) {
				return Report{Result: result.Result{Outcome: result.OutcomeHung, At: acts.At, Note: "it is the parent that hangs"}}, nil
			}
			looks.Reset(watch.pause(time.Now()))
		case <-late.C:
			return a.broken("the parent has told nothing for %v", a.trial.patience()), nil
		}
	}
}

// watch begins to watch whom the parent tells of, and lets the parent go on.
func (a *attempt) watch(t told) error {
	w := &watched{told: t, pidfd: -1}
	var err error
	if t.Of != result.OfParent {
		if w.code, err = a.board.CodeAt(t.Code); err != nil {
			return err
		}
		if w.pidfd, err = unix.PidfdOpen(t.PID, 0); err != nil {
			return fmt.Errorf("pidfd of process %d: %w", t.PID, os.NewSyscallError("pidfd_open", err))
		}
	}
	if a.subject != nil {
		a.subject.close()
	}
	a.subject = w
	_, err = a.answer.Write([]byte{1})
	return err
}

func (w *watched) close() {
	if w.pidfd >= 0 {
		_ = unix.Close(w.pidfd)
	}
}

// parentEnded is for a parent that tells nothing more: it has ended.
func (a *attempt) parentEnded() (Report, error) {
	ended, err := Readable(a.pidfd, patience)
	if err == nil && !ended {
		return a.broken("the parent tells nothing more that can be read, and has not ended"), nil
	}
	var status unix.WaitStatus
	if err == nil {
		status, err = a.reapParent()
	}
	switch {
	case err != nil:
		return Report{}, err
	case a.ended:
		return a.outcome(told{})
	case a.subject != nil && a.subject.Of == result.OfParent && status.Signaled():
		return Report{Result: result.Result{Outcome: result.OutcomeKilled, Signal: signalName(status.Signal()), At: a.subject.At}}, nil
	}
	return a.broken("the parent ended with status %#x", int(status)), nil
}

func (a *attempt) broken(format string, args ...any) Report {
	text := fmt.Sprintf(format, args...)
	if said := strings.TrimSpace(a.stderr.String()); said != "" {
		text += ": " + said
	}
	return Report{Broken: text}
}

// settled tells the pool that whom this trial watches sleeps.
func (a *attempt) settled() {
	if !a.trial.Alone {
		a.Rests()
	}
}

// rests tells the pool that another trial may begin.
func (a *attempt) Rests() {
	_ = a.answers.Encode(answer{Settled: true}) // a pool that is gone is found so by the orders' end
}

// alone waits until no other trial is busy, and lets the parent go on.
func (a *attempt) alone() error {
	if err := a.answers.Encode(answer{Alone: true}); err != nil {
		return err
	}
	<-a.granted
	_, err := a.answer.Write([]byte{1})
	return err
}

// outcome waits for the end of whom is watched, and says what it came to.
func (a *attempt) outcome(last told) (Report, error) {
	if a.subject == nil {
		return a.broken("the parent has not told whom to watch"), nil
	}
	w := a.subject
	ended, err := a.awaitEnd(w)
	if err != nil {
		return Report{}, err
	}
	rep := Report{Result: result.Result{Outcome: result.OutcomeHung, At: w.At, Note: last.Note}, FreeNS: last.FreeNS, Descriptors: last.Descriptors}
	if !ended {
		return rep, nil
	}
	// It is the parent's to reap, and this process's when the parent has ended.
	if err := a.killParent(); err != nil {
		return rep, err
	}
	status, err := reap(w.pidfd)
	if err != nil {
		return rep, err
	}
	rep.Result = w.classified(status)
	rep.Note = last.Note
	a.stamps(&rep)
	return rep, nil
}

// awaitEnd waits until whom is watched has ended, or is hung.
func (a *attempt) awaitEnd(w *watched) (ended bool, err error) {
	watch := vigil{deadline: a.trial.Deadline, settled: a.settled}
	for {
		ended, err := Readable(w.pidfd, watch.pause(time.Now()))
		if ended || err != nil {
			return ended, err
		}
		if watch.over(lookAtProcess(w.PID), time.Now()) {
			return false, nil
		}
	}
}

// classified says what one that has ended came to.
func (w *watched) classified(status unix.WaitStatus) result.Result {
	if status.Signaled() {
		return result.Result{Outcome: result.OutcomeKilled, Signal: signalName(status.Signal())}
	}
	o := w.code.Outcome()
	at := ""
	if o.Part < len(w.Parts) && o.Index < len(w.Parts[o.Part]) {
		at = w.Parts[o.Part][o.Index]
	}
	switch o.Verdict {
	case program.Released:
		return result.Result{Outcome: result.OutcomeReleased}
	case program.ParentGone:
		return result.Result{Outcome: result.OutcomeParentGone, At: at, Errno: errnoName(uint16(o.Errno))}
	case program.Failed:
		return failed(at, uint16(o.Errno), o.Result)
	}
	return result.Result{Outcome: result.OutcomeFailed, Note: fmt.Sprintf("it ended with status %d before its program did", status.ExitStatus())}
}

// failed is what an operation came to that failed, or had a result that was not wanted.
func failed(at string, errno uint16, value int64) result.Result {
	r := result.Result{Outcome: result.OutcomeFailed, At: at, Errno: errnoName(errno)}
	if errno == 0 {
		r.Note = fmt.Sprintf("it returned %d", value)
	}
	return r
}

// met says what came of a parent's own operation.
func (a *attempt) met(t told) Report {
	var r result.Result
	switch t.Outcome.Verdict {
	case program.Released.String():
		r.Outcome = result.OutcomeReleased
	case program.ParentGone.String():
		r = result.Result{Outcome: result.OutcomeParentGone, At: t.Outcome.At, Errno: errnoName(t.Outcome.Errno)}
	default:
		r = failed(t.Outcome.At, t.Outcome.Errno, t.Outcome.Result)
	}
	r.Note = Also(r.Note, t.Note)
	return Report{Result: r}
}

// stamps says of a child that was released whether it was too early, and how long
// it took.
func (a *attempt) stamps(rep *Report) {
	s := a.board.Stage(StageChild)
	if rep.Outcome != result.OutcomeReleased || s.Resumed == 0 {
		return
	}
	rep.Early = s.Released == 0 || s.Resumed < s.Released
	if !rep.Early {
		rep.LatencyNS = int64(s.Resumed - s.Released)
	}
}

// signalName is a signal's name, such as SIGUSR1; a real-time one has none but its
// number, counted from the kernel's first.
func signalName(sig unix.Signal) string {
	if name := unix.SignalName(sig); name != "" {
		return name
	}
	return program.Signal(sig).String()
}

func errnoName(errno uint16) string {
	if errno == 0 {
		return ""
	}
	if name := unix.ErrnoName(syscall.Errno(errno)); name != "" {
		return name
	}
	return fmt.Sprintf("errno %d", errno)
}
