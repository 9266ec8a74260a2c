//go:build amd64 || arm64

package trial

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/gate"
)

// How many trials there may be at a time, for each CPU and in all: most of the time of
// those whose child hangs nothing happens.
const (
	observersPerCPU = 16
	mostObservers   = 128
)

// A Pool carries trials out, several at a time.
type Pool struct {
	janitor *janitor // nil where there is no control group to be had
	addUser bool
	slots   *slots

	groupless error // why there is none
}

// Open looks what trials can have here, by starting an observer: it is an
// *EncloseError if it cannot be. Close ends what it leaves, a janitor.
func Open() (_ *Pool, err error) {
	if !reexecutes.Load() {
		return nil, errors.New("trials: this program does not begin with trial.Reexecuted")
	}
	p := &Pool{slots: newSlots(runtime.NumCPU())}
	dir, err := gate.CgroupDir(os.Getpid(), "")
	if err == nil {
		p.janitor, err = hire(filepath.Join(dir, groupName()))
	}
	p.groupless = err
	err = p.try()
	if errors.Is(err, unix.EPERM) {
		p.addUser = true
		err = p.try()
	}
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// groups are what an observer is told of control groups: its own, or why it has none.
func (p *Pool) groups(own string) []string {
	if p.groupless != nil {
		return []string{own, p.groupless.Error()}
	}
	return []string{own}
}

// try starts an observer and ends it.
func (p *Pool) try() error {
	w := &worker{pool: p}
	return errors.Join(w.start(), w.end())
}

// AddsUser reports whether trials are within a user namespace, because this process
// may not make others without one.
func (p *Pool) AddsUser() bool { return p.addUser }

// Close removes what is left of the pool.
func (p *Pool) Close() error {
	if p.janitor == nil {
		return nil
	}
	return p.janitor.dismiss()
}

// Run carries trials out, and hands over what each came to, in any order but one at a
// time: a trial by its index. It ends at the first error of done, and when the context
// does; no trial is under way when it returns.
//
// A trial that is broken is tried again, and so is one whose observer is gone, a few
// times: an observer may be killed like any other process. One that is broken each time
// is handed over as that; an observer that cannot be had is an error.
func (p *Pool) Run(ctx context.Context, trials []Trial, done func(i int, rep Report) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var alone, others []int
	for i, t := range trials {
		if t.Alone {
			alone = append(alone, i)
		} else {
			others = append(others, i)
		}
	}
	var mu sync.Mutex
	var working sync.WaitGroup
	work := func(number int, queue <-chan int) {
		working.Go(func() {
			w := &worker{pool: p, number: number}
			err := w.work(ctx, trials, queue, func(i int, rep Report) error {
				mu.Lock()
				defer mu.Unlock()
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				return done(i, rep)
			})
			if err = errors.Join(err, w.end()); err != nil {
				cancel(err)
			}
		})
	}
	// Those that are alone wait for each other, and would keep all workers from what
	// can be done while they rest: so one worker has them all.
	if len(alone) > 0 {
		work(0, queued(ctx, alone))
	}
	queue := queued(ctx, others)
	for n := range min(observersPerCPU*runtime.NumCPU(), mostObservers, len(others)) {
		work(1+n, queue)
	}
	working.Wait()
	return context.Cause(ctx)
}

// queued hands numbers out, in their order, until the context ends.
func queued(ctx context.Context, all []int) <-chan int {
	queue := make(chan int)
	go func() {
		defer close(queue)
		for _, i := range all {
			select {
			case queue <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	return queue
}

// attempts is how often a trial is begun that does not come to its end.
const attempts = 3

// A worker has an observer carry trials out.
type worker struct {
	pool   *Pool
	number int
	cmd    *exec.Cmd
	orders io.WriteCloser
	reads  *json.Decoder
	stderr bytes.Buffer
	group  string
}

func (w *worker) work(ctx context.Context, trials []Trial, queue <-chan int, done func(int, Report) error) error {
	for i := range queue {
		var rep Report
		var err error
		for range attempts {
			rep, err = w.try(ctx, trials[i])
			if ctx.Err() != nil {
				return nil // the cause is known
			}
			if err == nil && rep.Broken == "" {
				break
			}
			if err != nil {
				err = errors.Join(err, w.end())
			}
		}
		if err != nil {
			return fmt.Errorf("%s of %s: %w", trials[i].Script, trials[i].Primitive, err)
		}
		if err := done(i, rep); err != nil {
			return err
		}
	}
	return nil
}

// try has the observer carry out one trial.
func (w *worker) try(ctx context.Context, t Trial) (rep Report, err error) {
	give, err := w.pool.slots.take(ctx, t.Alone)
	if err != nil {
		return rep, err
	}
	defer func() { give() }()
	if w.cmd == nil {
		if err := w.start(); err != nil {
			return rep, err
		}
	}
	observer := w.cmd.Process
	defer context.AfterFunc(ctx, func() {
		_ = observer.Kill() // it has ended if that fails
	})()
	orders := json.NewEncoder(w.orders)
	if err := orders.Encode(order{Trial: t}); err != nil {
		return rep, w.lost(err)
	}
	for {
		a, err := w.read()
		switch {
		case err != nil:
			return rep, err
		case a.Settled:
			give()
		case a.Alone:
			give()
			again, err := w.pool.slots.take(ctx, true)
			if err != nil {
				return rep, err
			}
			give = again
			if err := orders.Encode(order{Granted: true}); err != nil {
				return rep, w.lost(err)
			}
		case a.Report != nil:
			return *a.Report, nil
		}
	}
}

func (w *worker) read() (a answer, err error) {
	if err = w.reads.Decode(&a); err != nil {
		return a, w.lost(err)
	}
	if a.Failed != "" {
		return a, errors.New(a.Failed)
	}
	return a, nil
}

// lost says what is known of an observer that does not answer.
func (w *worker) lost(err error) error {
	return errors.Join(fmt.Errorf("the observer is gone: %w", err), w.end())
}

func (w *worker) start() (err error) {
	if w.group, err = w.pool.janitor.newGroup(w.number); err != nil {
		return err
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Args = append([]string{observerName}, w.pool.groups(w.group)...)
	w.stderr.Reset()
	cmd.Stderr = &w.stderr
	enclosing(cmd, w.pool.addUser)
	if w.orders, err = cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return errors.Join(err, w.orders.Close())
	}
	if err := cmd.Start(); err != nil { // which closes the pipes
		return &EncloseError{User: w.pool.addUser, Err: err}
	}
	w.cmd = cmd
	w.reads = json.NewDecoder(bufio.NewReader(out))
	if err := enter(w.group, w.cmd.Process.Pid); err != nil {
		return errors.Join(err, w.end())
	}
	if _, err := w.read(); err != nil {
		return errors.Join(err, w.end())
	}
	return nil
}

// end ends the observer, and with it all of its namespace.
func (w *worker) end() (err error) {
	if w.cmd == nil {
		return nil
	}
	_ = w.cmd.Process.Kill() // it has ended if that fails
	err = w.cmd.Wait()
	if state := w.cmd.ProcessState; state != nil {
		err = nil // however it ended
		if text := bytes.TrimSpace(w.stderr.Bytes()); len(text) > 0 {
			err = fmt.Errorf("the observer said: %s", text)
		}
	}
	w.cmd = nil
	return errors.Join(err, removeGroups(w.group))
}
