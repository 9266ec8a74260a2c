package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
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

// withSignals returns a context that the ending signals end. Only the first
// counts: after it they have their default action again, so that a second one
// ends the process, and with it the children.
func withSignals(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, ending()...)
	go func() {
		if sig, ok := (<-signals).(syscall.Signal); ok {
			signal.Stop(signals)
			cancel(interruption{sig})
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
