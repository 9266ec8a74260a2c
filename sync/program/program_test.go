package program

import (
	"errors"
	"fmt"
	"math"
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
		op.first[i] = a
		return op
	}
	withErrno := func(op Op, e Errno) Op {
		return op.with(func(a *aside) { a.not = e })
	}
	withCondition := func(op Op, w Word) Op {
		return op.with(func(a *aside) { a.word = operand{kind: operandWord, val: int64(w.offset)} })
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
		{"more ticks than there are", Busy(math.MaxUint64), "argument 0: not a number of ticks"},
		{"ticks that are no number", Op{kind: kindBusy}.withArgs(interval(1)), "argument 0: not a number of ticks"},
		{"a negative time", Sleep(-time.Nanosecond), "argument 0: a time of -1 ns"},
		{"a negative errno", Op{kind: kindCall, call: callClose, first: [argsHere]operand{number(1)}, goneErrno: -1}, "no such errno"},
		{"an errno that is none", Close(FD{"r", 3}).GoneError(maxErrno + 1), "no such errno"},
		{"an errno that is none, between sleeps", withErrno(AwaitFile("/f", 0), maxErrno+1), "no such errno"},
		{"a file that no call can yield", Read(Word{}, 1), "argument 0: not a word of a board"},
		{"a process that no call can yield", Kill(Word{}, SIGUSR1), "argument 0: not a word of a board"},
		{"a peer's file that is not", PidfdSignal(Peer(2), SIGUSR1), "argument 0: no such peer"},
		{"a result for no word", Getpid().Into(Word{}), "result: not a word of a board"},
		{"a result for half a double word", Getpid().Into(Word{"w", wordsStart + 4}), "result: not a double word"},
		{"a result of what has none", Store(word, 1).Into(word), "no result"},
		{"a result of an arm", Arm().Into(word), "no result"},
		{"a wait on no word", FutexWaitv(Word{}, 0), "argument 0: member 1: not a word of a board"},
		{"a condition on no word", YieldWhile(Word{}, 0), "condition: not a word of a board"},
		{"a condition without a word", Op{kind: kindWhile, call: callYield}, "condition: missing"},
		{"a condition on what is none", withCondition(Getpid(), word), "condition: missing or too many"},
		{"a sleep of less than nothing", AwaitFile("/f", -1), "sleep: a time of -1 ns"},
		{"no sleep", Op{kind: kindEvery, call: callYield}, "sleep: missing"},
		{"a NUL in a file", AwaitFile("/f\x00", 0), "argument 1: a NUL"},
		{"a NUL in what is opened", Open("\x00", ReadOnly), "argument 1: a NUL"},
		{"a number for what a word holds", withArgument(LoadAt(word, 0), 0, number(8)), "argument 0: neither a word"},
		{"a load of no word", Load(Word{}), "argument 0: not a word of a board"},
		{"a move to no word", Move(Word{}, word), "argument 0: not a word of a board"},
		{"a move from no word", Move(word, Word{}), "argument 1: not a word of a board"},
		{"the address of no memory", PointTo(word, Memory{}), "argument 1: not memory of a board"},
		{"a word behind its memory", Load(Memory{"m", wordsStart, wordSize}.Word("w", wordSize-2)), "argument 0: not a word of a board"},
		{"a word before its memory", Load(Memory{"m", wordsStart, wordSize}.Word("w", -4)), "argument 0: not a word of a board"},
		{"a bounded spin on no word", SpinFor(Word{}, 1, 1), "argument 0: not a word of a board"},
		{"a paused spin on no word", PauseUntil(Word{}, 1), "argument 0: not a word of a board"},
		{"a structure without members", withArgument(Exit(0), 0, operand{kind: operandStruct}), "argument 0: a structure without members"},
		{"a member that nobody knows yet", withArgument(Exit(0), 0, structure("", u32(1), sized(4, value(word)))), "argument 0: member 1: not known before"},
		{"a member that is none", withArgument(Exit(0), 0, structure("", member{size: 4, operand: operand{}})), "argument 0: member 0: missing"},
		{"a member out of range", AwaitPoll(nil, []FD{{"r", -1}}), "argument 0: member 0: descriptor -1"},
		{"a number of call none", withArgument(Exit(0), 0, operand{kind: operandCall}), "argument 0: no such call"},
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
	r, word, room := FD{"r", 3}, Word{"w", wordsStart}, Memory{"m", wordsStart, wordSize}
	p := Program{
		Open("", ReadOnly).Into(word), Create("/f"), AwaitFile("/f", 0), Flock(word, Shared), LockRecord(word, Unlock),
		AwaitPoll(nil, nil), AwaitPoll([]FD{r}, []FD{r}), EpollCreate().Into(room.Word("", 8)), EpollAdd(word, word), EpollWait(word),
		Kill(word, SIGKILL), Getpid(), Queue(Child, RealTime(32), 1, 1), PidfdSignal(Child, 0), SigwaitInfo(0, room), Signalfd(0), Note(SIGUSR1), Suspend(SIGUSR1, word),
		AwaitStop(Child), TraceMe(), Detach(Child), TakeFile(Child, word), NoNewPrivileges(), Supervise(), Getppid(),
		ReceiveNotification(word, room), SendAnswer(word, room), Userfaultfd(), UserfaultAPI(word), UserfaultRegister(word, room), UserfaultCopy(word, room),
		MapPages(1), MapFile(r, 1, 0), UringSubmit(r, 1), UringAwait(r), FutexWaitv(word, 0), SleepWhile(word, 0, 0), TimerSlack(0),
		Semop(ID{}, 0), Msgsnd(ID{}), Msgrcv(ID{}), MqSend(word), MqReceive(word),
		MqOpen("q"), Semget(1), Msgget(1), InotifyInit(), WatchCreations(word, "/"), PidfdOpen(PID{"p", 1}), PidfdOpen(Child), Dup(word, r),
		Socket(UnixAddress("")), Connect(word, UnixAddress("")), Accept(r), Shutdown(word),
		PauseUntil(word, 0), SpinFor(word, 0, 0), Busy(0), Busy(math.MaxInt64), Move(word, word), PointTo(word, room), Load(room.Word("", wordSize-4)).Want(1), LoadAt(word, 0).Gone(0).Into(word),

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
	p := Program{Close(FD{"w", 9}), Read(FD{"r", 4}, 1), PollIn(FD{"p", 6}), Write(FD{"w", 9}, "x"), FutexWake(Word{"f", 128}, 5),
		Read(Word{"opened", 128}, 1), PidfdSignal(Child, SIGUSR1), Semop(ID{"set", 8}, 1), // which are not known yet, and none
		AwaitPoll([]FD{{"p", 6}, {"in", 12}}, []FD{{"hup", 11}}), EpollAdd(FD{"epoll", 5}, FD{"added", 7}),
	}
	want := []FD{{"r", 4}, {"epoll", 5}, {"p", 6}, {"added", 7}, {"w", 9}, {"hup", 11}, {"in", 12}}
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
	p := Program{SetMask(Signals(3)), Kill(Child, 4), Sigwait(Signals(SIGUSR1)), Sigwait(Signals(64)),
		SigwaitInfo(Signals(RealTime(0)), Memory{}), Signalfd(Signals(SIGUSR2)), Suspend(2, Word{}), Note(5), Interrupt(6), Queue(Child, 7, 1, 1),
	}
	if got, want := p.Signals(), SignalSet(1<<9|1<<63|1<<31|1<<11|1<<1); got != want {
		t.Errorf("Signals = %#x, want %#x", uint64(got), uint64(want))
	}
}
