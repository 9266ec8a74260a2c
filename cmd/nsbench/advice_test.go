package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"
)

// The kernel has one number for a full disk and for many a limit.
func TestSpaceAdvice(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{&fs.PathError{Op: "write", Path: "out/result.jsonl", Err: syscall.ENOSPC}, "another --out"},
		{&fs.PathError{Op: "mkfifo", Path: "/tmp/f", Err: syscall.ENOSPC}, "TMPDIR"},
		{os.NewSyscallError("mq_open", syscall.ENOSPC), "a limit"},
		{os.NewSyscallError("msgget", syscall.ENOSPC), "a limit"},
		{os.NewSyscallError("inotify_add_watch", syscall.ENOSPC), "a limit"},
	} {
		h, ok := errors.AsType[hinted](explainRun(fmt.Errorf("wrapped: %w", test.err)))
		if !ok || !strings.Contains(h.hint, test.want) {
			t.Errorf("%v: %q, want %q in it", test.err, h.hint, test.want)
		}
	}
}
