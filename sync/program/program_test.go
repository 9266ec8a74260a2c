package program

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// valid stands before the operation at fault: its index is then not 0.
var valid = Program{Arm(), Read(FD{"r", 3}, 1)}

func TestCheckRefuses(t *testing.T) {
	word := Word{"w", wordsStart}
	withArgument := func(op Op, i int, a operand) Op {
		op.args[i] = a
		return op
	}
	tests := []struct {
		name string
		op   Op
		want string // in the error
	}{
		{"the zero operation", Op{}, "no such operation"},
		{"an unknown kind", Op{kind: kinds}, "no such operation"},
		{"no call", Op{kind: kindCall}, "no such call"},
		{"an unknown call", Op{kind: kindCall, call: calls}, "no such call"},
		{"an unknown stamp", Stamp(fields), "no such stamp"},
		{"a second arm", Arm(), "a second arm"},
		{"a negative descriptor", Close(FD{"r", -1}), "argument 0: descriptor -1"},
		{"a descriptor out of range", PollIn(FD{"r", 1 << 40}), "argument 0: member 0: descriptor 1099511627776"},
		{"a negative size", Read(FD{"r", 3}, -1), "argument 1: a buffer of -1 bytes"},
		{"a huge buffer", Read(FD{"r", 3}, maxBuffer+1), "argument 1: a buffer of"},
		{"a word that no board gave out", Store(Word{}, 1), "argument 0: not a word of a board"},
		{"a word between words", Store(Word{"w", wordsStart + 2}, 1), "argument 0: not a word of a board"},
		{"a number for a word", withArgument(SpinUntil(word, 1), 0, number(1)), "argument 0: not a word of the board"},
		{"an argument too many", withArgument(Exit(0), 1, number(1)), "argument 1: missing or too many"},
		{"an argument too few", withArgument(Exit(0), 0, operand{}), "argument 0: missing or too many"},
		{"an unknown operand", withArgument(Exit(0), 0, operand{kind: operandKinds}), "argument 0: no such operand"},
		{"a field outside of the stage", withArgument(ReleaseCPU(), 0, stageField(uintptr(stageSize), "f")), "argument 0: outside of the stage"},
		{"a peer that is not", Kill(Peer(2), SIGUSR1), "argument 0: no such peer"},
		{"a NUL in a path", Exec("/bin\x00/sh", nil, nil), "argument 0: a NUL"},
		{"a NUL in an argument", Exec("/bin/sh", []string{"a\x00b"}, nil), "argument 1: a NUL"},
		{"a NUL in the environment", Exec("/bin/sh", nil, []string{"a", "b\x00"}), "argument 2: a NUL"},
		{"a negative time", Sleep(-time.Nanosecond), "argument 0: a time of -1 ns"},
		{"a negative errno", Op{kind: kindCall, call: callClose, args: [6]operand{number(1)}, goneErrno: -1}, "no such errno"},
		{"an errno that is none", Close(FD{"r", 3}).GoneError(maxErrno + 1), "no such errno"},
		{"the result of a store", Store(word, 1).Want(1), "no result"},
		{"the result of an arm", Arm().Gone(0), "no result"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := append(slices.Clone(valid), test.op, Exit(0)).Check()
			var opErr *OpError
			if !errors.As(err, &opErr) {
				t.Fatalf("Check = %v, want an *OpError", err)
			}
			if opErr.Index != len(valid) {
				t.Errorf("index = %d, want %d", opErr.Index, len(valid))
			}
			if opErr.Op.String() != test.op.String() {
				t.Errorf("operation = %v, want %v", opErr.Op, test.op)
			}
			if !strings.Contains(opErr.Unwrap().Error(), test.want) {
				t.Errorf("cause = %q, want %q in it", opErr.Unwrap(), test.want)
			}
			if want := fmt.Sprintf("program: op %d: %v: ", len(valid), test.op); !strings.HasPrefix(err.Error(), want) {
				t.Errorf("error = %q, want it to begin with %q", err, want)
			}
		})
	}
}

func TestCheckRefusesAnEndlessProgram(t *testing.T) {
	if err := make(Program, maxOps+1).Check(); err == nil || !strings.Contains(err.Error(), "1048577 operations") {
		t.Errorf("Check = %v, want the number of operations in it", err)
	}
}

func TestCheckAccepts(t *testing.T) {
	r, word := FD{"r", 3}, Word{"w", wordsStart}
	p := Program{
		Close(r), Read(r, 0), Read(r, maxBuffer), Write(r, ""), WriteCount(r, 1), Kill(Child, SIGUSR1),
		Sigwait(0), SetMask(0), Interrupt(SIGUSR2), Store(word, 1), SpinUntil(word, 1), YieldWhile(word, 0),
		FutexWait(word, 0), FutexWake(word, 1), Sleep(0), PollIn(r), ParentDeathSignal(SIGKILL), CloseRange(0, 1),
		Sethostname(""), Exec("/bin/sh", []string{"sh", ""}, nil), Arm(), Resumed(), Resumed(),
		Stamp(StampReleased), ReleaseCPU(), Close(r).Want(0).Gone(1).GoneError(maxErrno).Try(), Exit(0),
	}
	if err := p.Check(); err != nil {
		t.Error(err)
	}
	if err := (Program)(nil).Check(); err != nil {
		t.Errorf("the empty program: %v", err)
	}
}

func TestFiles(t *testing.T) {
	p := Program{Close(FD{"w", 9}), Read(FD{"r", 4}, 1), PollIn(FD{"p", 6}), Write(FD{"w", 9}, "x"), FutexWake(Word{"f", 128}, 5)}
	want := []FD{{"r", 4}, {"p", 6}, {"w", 9}}
	if diff := cmp.Diff(want, p.Files()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCloses(t *testing.T) {
	p := Program{Read(FD{"r", 4}, 1), Close(FD{"w", 9})}
	for fd, want := range map[FD]bool{{"w", 9}: true, {"another name", 9}: true, {"r", 4}: false, {"w", 8}: false} {
		if got := p.Closes(fd); got != want {
			t.Errorf("Closes(%v) = %v, want %v", fd, got, want)
		}
	}
}

// Only what is waited for: a mask may hold others, and a kill sends.
func TestSignals(t *testing.T) {
	p := Program{SetMask(Signals(3)), Kill(Child, 4), Sigwait(Signals(SIGUSR1)), Sigwait(Signals(64))}
	if got, want := p.Signals(), SignalSet(1<<9|1<<63); got != want {
		t.Errorf("Signals = %#x, want %#x", uint64(got), uint64(want))
	}
}
