package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// A rendering is nsbench under way, that measures nothing.
type rendering struct {
	*exec.Cmd
	out, told bytes.Buffer
}

func startRendering(t *testing.T, args ...string) *rendering {
	t.Helper()
	r := &rendering{Cmd: exec.Command("nsbench", args...)}
	r.Stdout, r.Stderr = &r.out, &r.told
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	return r
}

// ended sends a signal and holds what it leads to.
func (r *rendering) ended(t *testing.T, signal syscall.Signal) {
	t.Helper()
	if err := r.Process.Signal(signal); err != nil {
		t.Error(err)
	}
	err := r.Wait()
	if failed, ok := errors.AsType[*exec.ExitError](err); !ok || failed.ExitCode() != 128+int(signal) {
		t.Errorf("%v: %v", signal, err)
	}
	if want := "nsbench: error: interrupted by " + unix.SignalName(signal) + "\n"; r.told.String() != want || r.out.Len() > 0 {
		t.Errorf("stderr %q, want %q; stdout %q", r.told.String(), want, r.out.String())
	}
}

// One signal ends what waits for a record, whichever command and signal it is.
func TestSignalEndsReading(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"report", fifo}, {"compare", fifo, fifo}, {"export", "--format", "json", fifo}} {
		for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
			r := startRendering(t, command...)
			writer, err := os.OpenFile(fifo, os.O_WRONLY, 0) // until it reads
			if err != nil {
				t.Fatal(err)
			}
			r.ended(t, signal)
			if err := writer.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// A report that is ended while it is drawn leaves the one before, and nothing beside it.
func TestSignalEndsDrawing(t *testing.T) {
	dir := t.TempDir()
	page := filepath.Join(dir, reportName)
	if err := os.WriteFile(page, []byte("before"), 0o666); err != nil {
		t.Fatal(err)
	}
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC)
	if err == nil {
		defer func() { _ = unix.Close(fd) }()
		_, err = unix.InotifyAddWatch(fd, dir, unix.IN_CREATE)
	}
	if err != nil {
		t.Fatal(err)
	}
	r := startRendering(t, "report", "../../docs/results/default.jsonl", "--out", dir)
	if _, err := unix.Read(fd, make([]byte, 4096)); err != nil { // until it has begun the first file
		t.Fatal(err)
	}
	r.ended(t, syscall.SIGTERM)
	if text, err := os.ReadFile(page); err != nil || string(text) != "before" {
		t.Errorf("%v: %q", err, text)
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 1 {
		t.Errorf("%v: %v", err, all)
	}
}

// What cannot be ended by a signal is not begun after one.
func TestSignalBeforeReading(t *testing.T) {
	ctx, stop := withSignals(t.Context())
	defer stop()
	if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-ctx.Done()
	var out, told strings.Builder
	if err := run(ctx, []string{"report", "absent.jsonl"}, nil, &out, &told); exitStatus(err) != 143 {
		t.Errorf("%v", err)
	}
}
