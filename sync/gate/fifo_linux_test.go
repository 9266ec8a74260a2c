//go:build amd64 || arm64

package gate

import (
	"os"
	"testing"

	"github.com/nsbench/nsbench/sync/program"
)

// The file is there for the owner alone, as long as the gate, and no longer,
// whether it has been released or not.
func TestFIFOLeavesNoFile(t *testing.T) {
	for name, released := range map[string]bool{"released": true, "not released": false} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("TMPDIR", dir)
			b := newBoard(t)
			g := newGate(t, FIFO, b)
			files := list(t, dir)
			if len(files) != 1 || files[0].Type() != os.ModeNamedPipe {
				t.Fatalf("files of the gate: %v, want a named pipe", files)
			}
			if info, err := files[0].Info(); err != nil || info.Mode().Perm()&^0o600 != 0 {
				t.Errorf("%v, %v; want that nobody but the owner may open it", info, err)
			}
			if released {
				runs(t, b, os.Getpid(), g.Release(program.Child))
			}
			if err := g.Close(); err != nil {
				t.Error(err)
			}
			if files := list(t, dir); len(files) != 0 {
				t.Errorf("files after Close: %v", files)
			}
		})
	}
}

func TestFIFOWithoutADirectory(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/none")
	if g, err := FIFO.New(newBoard(t)); g != nil || !os.IsNotExist(err) {
		t.Errorf("New = %v, %v; want that there is no such directory", g, err)
	}
}

func list(t *testing.T, dir string) []os.DirEntry {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}
