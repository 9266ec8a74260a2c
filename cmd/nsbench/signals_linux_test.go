package main

import (
	"context"
	"errors"
	"syscall"
	"testing"
	"time"
)

// What timeout(1) sends, to the process and then to its group, is one request: the
// second would otherwise end this process.
func TestSignalSentTwice(t *testing.T) {
	ctx, stop := withSignals(t.Context())
	defer stop()
	for range 2 {
		if err := syscall.Kill(syscall.Getpid(), syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		<-ctx.Done()
		time.Sleep(oneRequest / 10)
	}
	if i := (interruption{}); !errors.As(context.Cause(ctx), &i) || i.signal != syscall.SIGTERM {
		t.Errorf("got %v", context.Cause(ctx))
	}
}
