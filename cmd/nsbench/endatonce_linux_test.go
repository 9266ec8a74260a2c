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

// ended sends a signal and holds what it leads to, and what is told after it.
func (r *rendering) ended(t *testing.T, signal syscall.Signal, hint string) {
	t.Helper()
	if err := r.Process.Signal(signal); err != nil {
		t.Error(err)
	}
	err := r.Wait()
	if failed, ok := errors.AsType[*exec.ExitError](err); !ok || failed.ExitCode() != 128+int(signal) {
		t.Errorf("%v: %v", signal, err)
	}
	if want := "nsbench: error: interrupted by " + unix.SignalName(signal) + "\n" + hint; r.told.String() != want || r.out.Len() > 0 {
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
			r.ended(t, signal, "")
			if err := writer.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// awaitDrawing tells when the first file of a report is begun in a directory, which has
// a number for a name, or a temporary one. inotify(7).
func awaitDrawing(t *testing.T, dir string) (wait func()) {
	t.Helper()
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC)
	if err == nil {
		t.Cleanup(func() { _ = unix.Close(fd) })
		_, err = unix.InotifyAddWatch(fd, dir, unix.IN_CREATE|unix.IN_OPEN)
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		events := make([]byte, 4096)
		for !bytes.Contains(events, []byte("."+reportName+".")) && !bytes.ContainsRune(events, '#') {
			if _, err := unix.Read(fd, events); err != nil {
				t.Fatal(err)
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
	wait := awaitDrawing(t, dir)
	r := startRendering(t, "report", "../../docs/results/default.jsonl", "--out", dir)
	wait()
	r.ended(t, syscall.SIGTERM, "")
	if text, err := os.ReadFile(page); err != nil || string(text) != "before" {
		t.Errorf("%v: %q", err, text)
	}
	holdsOnly(t, dir, reportName)
}

// A run that is ended while its report is drawn has its record. So it is whether or
// not a signal has ended the measuring.
func TestSignalEndsDrawingOfRun(t *testing.T) {
	for _, iterations := range []string{"20", "1000000"} {
		dir := t.TempDir()
		wait := awaitDrawing(t, dir)
		var measuring <-chan error
		if iterations != "20" {
			var err error
			if measuring, err = awaitBlock(dir); err != nil {
				t.Fatal(err)
			}
		}
		r := startRendering(t, "run", "-q", "--primitives", "pipe-eof,futex", "--placement", "free", "--warmup", "0", "--iterations", iterations, "--out", dir)
		if measuring != nil {
			if err := errors.Join(<-measuring, r.Process.Signal(syscall.SIGINT)); err != nil {
				t.Fatal(err)
			}
		}
		wait()
		record := filepath.Join(dir, recordName)
		r.ended(t, syscall.SIGTERM, "nsbench: hint: result.jsonl is in "+dir+"; what is made of it is to be had by nsbench report "+record+" --out "+dir+"\n")
		holdsOnly(t, dir, recordName)
		if text, err := os.ReadFile(record); err != nil || !bytes.Contains(text, []byte(`{"kind":"end"`)) {
			t.Errorf("%v: %d bytes", err, len(text))
		}
	}
}

func holdsOnly(t *testing.T, dir, name string) {
	t.Helper()
	if all, err := os.ReadDir(dir); err != nil || len(all) != 1 || all[0].Name() != name {
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
