package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// A show is the demo under way.
type show struct {
	launcher *launch.Launcher
	board    *program.Board
	gate     gate.Gate
	release  program.Program
	released bool
	userns   bool
}

// demo is the seed's program.
func demo(ctx context.Context, s streams, hold time.Duration, path string, argv []string) (err error) {
	if _, err := fmt.Fprintln(s.out, " - Hello ?"); err != nil {
		return err
	}
	d := &show{}
	defer func() { err = errors.Join(err, d.close()) }()
	child, err := d.start(path, argv)
	if err != nil {
		return explainRun(err)
	}
	stop := context.AfterFunc(ctx, d.launcher.Kill)
	defer stop()
	if err := d.initJob(ctx, child, hold); err != nil {
		return err
	}
	// From now on what is typed is for the command: it decides what an
	// interrupt means. The first stop takes the kill above away.
	if stop() {
		signal.Ignore(os.Interrupt)
	}
	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, slices.DeleteFunc(ending(), func(s os.Signal) bool { return s == os.Interrupt })...)
	go func() {
		if _, ok := <-terminated; ok {
			d.launcher.Kill()
		}
	}()
	if err := d.letGo(child); err != nil {
		return err
	}
	return d.passOn(child)
}

func (d *show) start(path string, argv []string) (*launch.Child, error) {
	var err error
	if d.launcher, err = launch.New(); err != nil {
		return nil, err
	}
	const forProgram = 64 << 10
	if d.board, err = program.NewBoard(forProgram+environmentSize(argv), program.Syscall); err != nil {
		return nil, err
	}
	if err := d.board.Reset(1); err != nil {
		return nil, err
	}
	if d.gate, err = gate.PipeEOF.New(d.board); err != nil {
		return nil, err
	}
	d.release = d.gate.Release(program.Child)
	payload := append(d.gate.Wait(),
		program.Write(program.FD{Name: "stdout", N: 1}, " - World !\n"),
		program.Sethostname("In Namespace"),
		program.Exec(path, argv, os.Environ()),
	)
	namespaces := launch.UTS | launch.IPC
	child, err := d.clone(namespaces, payload)
	if errors.Is(err, syscall.EPERM) {
		d.userns = true
		child, err = d.clone(namespaces|launch.User, payload)
	}
	return child, err
}

func (d *show) clone(ns launch.Namespaces, payload program.Program) (*launch.Child, error) {
	keep := []program.FD{{Name: "stdin", N: 0}, {Name: "stdout", N: 1}, {Name: "stderr", N: 2}}
	return d.launcher.Start(launch.Config{Namespaces: ns, CPU: -1, Keep: keep}, d.board, program.Part{Program: payload})
}

// environmentSize is what the vectors of an execve take in a board, with room
// for their alignment.
func environmentSize(argv []string) (n int) {
	for _, s := range append(os.Environ(), argv...) {
		n += len(s) + 32
	}
	return n
}

// initJob is what the parent has to do before the child may go on.
func (d *show) initJob(ctx context.Context, child *launch.Child, hold time.Duration) error {
	if d.userns {
		if err := launch.WriteMaps(child.PID); err != nil {
			return explainRun(err)
		}
	}
	job := time.NewTimer(hold)
	defer job.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-job.C: // some damn long init job
		return nil
	}
}

func (d *show) letGo(child *launch.Child) error {
	env, err := child.Env(d.release)
	if err != nil {
		return err
	}
	code, err := d.board.Load(env, program.Part{Program: d.release})
	if err != nil {
		return err
	}
	d.released = true
	if o := program.Run(code); o.Verdict != program.Released {
		return fmt.Errorf("release the child: %v", o)
	}
	return nil
}

// passOn waits for the child and returns its exit status, as a shell would.
func (d *show) passOn(child *launch.Child) error {
	exit, err := child.Wait()
	if err != nil {
		return err
	}
	if o := child.Outcome(); o.Verdict != program.Unfinished { // an execve that succeeds never comes back
		return fmt.Errorf("the child: %v", o)
	}
	switch {
	case exit.Signal != 0:
		return commandExit(128 + exit.Signal)
	case exit.Status != 0:
		return commandExit(exit.Status)
	}
	return nil
}

// close undoes what start did, as far as it came.
func (d *show) close() error {
	var errs []error
	if d.launcher != nil {
		errs = append(errs, d.launcher.Close())
	}
	if d.gate != nil && d.released {
		errs = append(errs, d.gate.Close(d.release))
	} else if d.gate != nil {
		errs = append(errs, d.gate.Close())
	}
	if d.board != nil {
		errs = append(errs, d.board.Close())
	}
	return errors.Join(errs...)
}
