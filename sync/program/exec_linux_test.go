//go:build amd64 || arm64

package program

import (
	"errors"
	"slices"
	"testing"
)

// A program that would not know what it was executed for would do all that it
// does once more: this one would run its tests.
func TestReexecuteOfAProgramThatDoesNotKnowOfIt(t *testing.T) {
	b := newBoard(t, 1)
	e, err := Reexecute(b, load(t, b, Part{}), 0, nil)
	if e != nil || err == nil || err.Error() != "exec: the main function of this program does not begin with program.Reexecuted" {
		t.Errorf("Reexecute = %v, %v; want an error", e, err)
	}
}

func TestReexecuteOnABoardWithoutAFile(t *testing.T) {
	reexecutes.Store(true)
	defer reexecutes.Store(false)
	b := newBoard(t, 1)
	fd := b.fd
	b.fd = -1
	defer func() { b.fd = fd }()
	if e, err := Reexecute(b, load(t, b, Part{}), 0, nil); e != nil || !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Reexecute = %v, %v; want errors.ErrUnsupported", e, err)
	}
}

func TestImage(t *testing.T) {
	want := image{board: 9, report: 4, base: 0x4800_0000_0000, frame: 0x4800_0000_1240, place: 1<<64 - 1}
	argv := want.argv()
	if got, err := parseImage(argv); got != want || err != nil {
		t.Errorf("%q parses to %+v, %v; want %+v", argv, got, err, want)
	}
	for _, bad := range [][]string{argv[:1], {execName, ""}, {execName, argv[1] + " "}, {execName, argv[1] + " 1"}, append(slices.Clone(argv), "")} {
		if got, err := parseImage(bad); got != (image{}) || err == nil {
			t.Errorf("%q parses to %+v, %v; want an error", bad, got, err)
		}
	}
}

// Each descriptor keeps its number, and what is between is not passed on.
func TestSameNumbers(t *testing.T) {
	none := ^uintptr(0)
	got := sameNumbers([]FD{{N: 4}, {N: 1}, {N: 4}})
	if want := []uintptr{none, 1, none, none, 4}; !slices.Equal(got, want) {
		t.Errorf("got %d, want %d", got, want)
	}
}
