package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// An interruption is the signal that ended a run, as the cause of its context.
type interruption struct{ signal syscall.Signal }

func (i interruption) Error() string {
	switch i.signal {
	case syscall.SIGHUP:
		return "interrupted by SIGHUP"
	case syscall.SIGINT:
		return "interrupted by SIGINT"
	case syscall.SIGTERM:
		return "interrupted by SIGTERM"
	}
	return fmt.Sprintf("interrupted by %v", i.signal)
}

// ending are the signals that end what is under way: an interrupt, a request, and
// the end of the terminal or the connection, unless that is to be survived, as
// under nohup(1).
func ending() []os.Signal {
	all := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}

// oneRequest is how long after a signal another is still the same request: timeout(1)
// sends one to the process and then to its group, and a service manager may do both,
// too. Nobody presses a key again as fast as that.
const oneRequest = 100 * time.Millisecond

// withSignals returns a context that the ending signals end. Only the first
// counts: after it, and a moment, they have their default action again, so that a
// second one ends the process, and with it the children.
func withSignals(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, ending()...)
	go func() {
		if sig, ok := (<-signals).(syscall.Signal); ok {
			cancel(interruption{sig})
			time.Sleep(oneRequest)
			signal.Stop(signals)
		}
	}()
	return ctx, func() { signal.Stop(signals); close(signals) }
}

// interrupted returns the interruption that ended the context, if one did.
func interrupted(ctx context.Context) (interruption, bool) {
	var i interruption
	ok := errors.As(context.Cause(ctx), &i)
	return i, ok
}

// endAtOnce has the first ending signal end the process until stop is called, with no
// temporary file left and the status that scripts rely on: for what measures nothing
// and so has nothing to save. The hint, if there is one, says what is saved all the
// same. After a context that has ended it is the next signal.
//
// To look at the context here and there lost: whoever waits to open a FIFO, or
// draws, does not look.
func endAtOnce(ctx context.Context, stderr io.Writer, hint string) (stop func()) {
	release := func() {}
	if ctx.Err() != nil {
		ctx, release = withSignals(context.WithoutCancel(ctx))
	}
	unless := context.AfterFunc(ctx, func() {
		if i, ok := interrupted(ctx); ok {
			err := withHint(errors.Join(i, unfinished.removeForGood()), hint)
			explainError(stderr, err)
			os.Exit(exitStatus(err))
		}
	})
	return func() {
		if _, ok := interrupted(ctx); !unless() && ok {
			select {} // the process is about to end
		}
		release()
	}
}

// endable has a command end at the first ending signal, see endAtOnce.
func endable(s streams, carryOut func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		if i, ok := interrupted(c.Context()); ok {
			return i
		}
		defer endAtOnce(c.Context(), s.err, "")()
		return carryOut(c, args)
	}
}
