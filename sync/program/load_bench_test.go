//go:build linux

package program

import "testing"

// BenchmarkLoad is what stands between two clones: a program of the size of a
// child's, checked and resolved.
func BenchmarkLoad(b *testing.B) {
	board, err := NewBoard(1<<16, Counter)
	if err != nil {
		b.Fatal(err)
	}
	r, w := FD{"r", 3}, FD{"w", 4}
	child := Program{
		ParentDeathSignal(SIGKILL), PollIn(FD{"parent", 5}).Want(0), CloseRange(0, 2), SetMask(0),
		Close(w), Arm(), Read(r, 1).Want(0), Resumed(),
	}
	for b.Loop() {
		if err := board.Reset(1); err != nil {
			b.Fatal(err)
		}
		if _, err := board.Load(Env{}, Part{Program: child}); err != nil {
			b.Fatal(err)
		}
	}
}
