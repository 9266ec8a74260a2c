package sys

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestTempFifo(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	first, err := TempFifo()
	if err != nil {
		t.Fatal(err)
	}
	second, err := TempFifo()
	if err != nil || second == first {
		t.Errorf("a second one: %q, %v; want another than %q", second, err, first)
	}
	info, err := os.Lstat(first)
	if err != nil || info.Mode().Type() != fs.ModeNamedPipe || filepath.Dir(first) != dir {
		t.Errorf("%s: %v, %v; want a named pipe in %s", first, info, err, dir)
	}
}

func TestTempFifoError(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/none")
	path, err := TempFifo()
	if pathErr, ok := errors.AsType[*fs.PathError](err); path != "" || !ok || pathErr.Op != "mkfifo" || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("TempFifo = %q, %v; want a *fs.PathError of mkfifo", path, err)
	}
}
