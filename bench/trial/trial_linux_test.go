//go:build amd64 || arm64

package trial

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/sync/program"
)

func TestMain(m *testing.M) {
	program.Reexecuted()
	Reexecuted(scripts)
	os.Exit(m.Run())
}

// at has a child held at the gate, and then goes on.
func at(then func(*Parent, *launch.Child) End) Script {
	return func(p *Parent) End {
		if failed := p.Make(); failed != nil {
			return *failed
		}
		c, err := p.Start(0, p.Gate.Wait())
		if err != nil {
			return p.Failed(err)
		}
		if err := p.AwaitHeld(c); err != nil {
			return p.Ended(err)
		}
		return then(p, c)
	}
}

// doing has a child do something in place of waiting.
func doing(ops ...program.Op) Script {
	return func(p *Parent) End {
		c, err := p.Start(0, ops)
		if err != nil {
			return p.Failed(err)
		}
		if err := c.AwaitEnd(); err != nil {
			return p.Failed(err)
		}
		return p.Done("")
	}
}

var scripts = Scripts{
	"release": at(func(p *Parent, c *launch.Child) End { return p.LetGoHeld(c) }),
	"leave":   at(func(p *Parent, _ *launch.Child) End { return p.Done("nobody releases it") }),
	"killed":  at(func(p *Parent, _ *launch.Child) End { return p.Killed() }),
	"exits":   at(func(p *Parent, _ *launch.Child) End { return p.Exits() }),
	"crashes": at(func(*Parent, *launch.Child) End { panic("a defect") }),
	"kill the child": at(func(p *Parent, c *launch.Child) End {
		if err := c.Kill(); err != nil {
			return p.Failed(err)
		}
		return p.Done("")
	}),
	"the child fails": doing(program.Close(program.FD{Name: "none", N: 1 << 20})),
	"the parent hangs": at(func(p *Parent, c *launch.Child) End {
		run, err := p.Prepare(c, program.Program{program.Sigwait(program.Signals(program.SIGUSR2))})
		if err == nil {
			_, err = run()
		}
		return p.Failed(err)
	}),
	"the parent meets an error": func(p *Parent) End {
		ran := program.Program{program.Close(program.FD{Name: "none", N: 1 << 20})}
		if err := p.WatchSelf(ran); err != nil {
			return p.Failed(err)
		}
		o, err := p.Run(program.Env{}, ran)
		if err != nil {
			return p.Failed(err)
		}
		return p.Met(o, ran, "")
	},
	"the parent is killed by itself": func(p *Parent) End {
		self := program.Program{program.Kill(program.Child, program.SIGKILL)}
		if err := p.WatchSelf(self); err != nil {
			return p.Failed(err)
		}
		o, err := p.Run(program.Env{Peer: os.Getpid()}, self)
		if err != nil {
			return p.Failed(err)
		}
		return p.Met(o, self, "")
	},
	"unavailable":     func(p *Parent) End { return p.Unavailable("it has no %s", "end") },
	"tells its group": func(p *Parent) End { return p.Unavailable("group %q: %s", p.Group, p.Groupless) },
	"unsupported":     func(p *Parent) End { return p.Failed(fmt.Errorf("no: %w", errors.ErrUnsupported)) },
	"unavailable, but the first time": func(p *Parent) End {
		if p.Args[0] == "0" {
			return p.Met(program.Outcome{Verdict: program.Released}, nil, "")
		}
		return p.Unavailable("it is gone")
	},
	"broken": func(p *Parent) End { return p.Failed(errors.New("a defect")) },
	"leaves a lot": at(func(p *Parent, _ *launch.Child) End {
		if err := os.WriteFile(filepath.Join(os.TempDir(), "left"), nil, 0o600); err != nil {
			return p.Failed(err)
		}
		if p.Group != "" {
			if err := os.Mkdir(filepath.Join(p.Group, "left"), 0o755); err != nil {
				return p.Failed(err)
			}
		}
		if _, err := p.Bystander(); err != nil {
			return p.Failed(err)
		}
		return p.Killed()
	}),
	"looks what is left": func(p *Parent) End {
		files, err := os.ReadDir(os.TempDir())
		if err != nil {
			return p.Failed(err)
		}
		processes, err := filepath.Glob("/proc/[0-9]*")
		if err != nil {
			return p.Failed(err)
		}
		return p.Unavailable("%d files, %d processes", len(files), len(processes))
	},
	"kills the observer, the first time": func(p *Parent) End {
		file, err := os.OpenFile(p.Args[0], os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return p.Unavailable("this is the second time")
		}
		if err = file.Close(); err == nil {
			err = errors.New("the observer lives")
			// Its namespace's first process takes SIGKILL only from outside, but ends
			// if it is asked to do what it cannot.
			_ = p.say(told{What: tellWatch, Of: result.OfChild, PID: -1, Code: 1})
			time.Sleep(patience)
		}
		return p.Failed(err)
	},
}

// pool opens a pool for a test, which fails where it has to be root and is not.
func pool(t *testing.T) *Pool {
	t.Helper()
	p, err := Open()
	if err != nil {
		if slices.Contains(strings.Split(os.Getenv("NSBENCH_TEST_REQUIRE"), ","), "root") {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		if p.janitor != nil {
			if _, err := os.Stat(p.janitor.dir); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the control group %s is still there: %v", p.janitor.dir, err)
			}
		}
	})
	return p
}

const deadline = 200 * time.Millisecond

func TestOutcomes(t *testing.T) {
	note := func(r result.Result, text string) result.Result { r.Note = text; return r }
	tests := []struct {
		script, primitive string
		want              Report
	}{
		{"release", "pipe-eof", Report{Result: result.Result{Outcome: result.OutcomeReleased}}},
		{"release", "spin", Report{Result: result.Result{Outcome: result.OutcomeReleased}}},
		{"leave", "eventfd", Report{Result: note(result.Result{Outcome: result.OutcomeHung, At: "read(e, buf, 8)"}, "nobody releases it")}},
		{"leave", "spin", Report{Result: note(result.Result{Outcome: result.OutcomeHung, At: "while (*word != 1)"}, "nobody releases it")}},
		{"leave", "sigstop", Report{Result: note(result.Result{Outcome: result.OutcomeHung, At: "kill(*self, SIGSTOP)"}, "nobody releases it")}},
		{"killed", "pipe-eof", Report{Result: result.Result{Outcome: result.OutcomeReleased, Early: true}}},
		{"exits", "pipe-eof", Report{Result: result.Result{Outcome: result.OutcomeReleased, Early: true}}},
		{"killed", "pipe-byte", Report{Result: result.Result{Outcome: result.OutcomeParentGone, At: "read(r, buf, 1)"}}},
		{"exits", "barrier", Report{Result: result.Result{Outcome: result.OutcomeParentGone, At: "read(parent's counter, buf, 8)", Errno: "EAGAIN"}}},
		{"kill the child", "futex", Report{Result: result.Result{Outcome: result.OutcomeKilled, Signal: "SIGKILL"}}},
		{"the child fails", "pipe-eof", Report{Result: result.Result{Outcome: result.OutcomeFailed, At: "close(none)", Errno: "EBADF"}}},
		{"the parent hangs", "pipe-eof", Report{Result: note(result.Result{Outcome: result.OutcomeHung, At: "rt_sigtimedwait([USR2], NULL, NULL, 8)"}, "it is the parent that hangs")}},
		{"the parent meets an error", "pipe-eof", Report{Result: result.Result{Outcome: result.OutcomeFailed, At: "close(none)", Errno: "EBADF"}}},
		{"the parent is killed by itself", "pipe-eof", Report{Result: result.Result{Outcome: result.OutcomeKilled, Signal: "SIGKILL", At: "kill(child, SIGKILL)"}}},
		{"unavailable", "pipe-eof", Report{Unavailable: "it has no end"}},
		{"unsupported", "pipe-eof", Report{Unavailable: "no: unsupported operation"}},
	}
	var trials []Trial
	for _, test := range tests {
		trials = append(trials, Trial{Script: test.script, Primitive: test.primitive, Deadline: deadline})
	}
	told := make(map[int]int)
	err := pool(t).Run(t.Context(), trials, func(i int, rep Report) error {
		told[i]++
		if timed := tests[i].want.Outcome == result.OutcomeReleased && !tests[i].want.Early; timed != (rep.LatencyNS > 0) {
			t.Errorf("%s of %s: a release latency of %d ns", tests[i].script, tests[i].primitive, rep.LatencyNS)
		}
		if diff := cmp.Diff(tests[i].want, rep, cmpopts.IgnoreFields(Report{}, "LatencyNS")); diff != "" {
			t.Errorf("%s of %s, -want +got:\n%s", tests[i].script, tests[i].primitive, diff)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	for i := range tests {
		if told[i] != 1 {
			t.Errorf("%s of %s was told %d times", tests[i].script, tests[i].primitive, told[i])
		}
	}
}

// What one pool has is not another's, nor is it the other's to remove: neither in this
// process nor in one of the same ID in another PID namespace.
func TestPoolsBesideEachOther(t *testing.T) {
	first, second := pool(t), pool(t)
	if first.janitor == nil {
		t.Skip(first.groupless)
	}
	if second.janitor == nil || first.janitor.dir == second.janitor.dir {
		t.Fatalf("the second has no control group of its own: %v", second.groupless)
	}
	if _, err := os.Stat(first.janitor.dir); err != nil {
		t.Error(err)
	}
}

// A script that has no control group can say why.
func TestGroupless(t *testing.T) {
	p := pool(t)
	without := &Pool{addUser: p.addUser, slots: p.slots, groupless: errors.New("none is mounted")}
	err := without.Run(t.Context(), []Trial{{Script: "tells its group", Primitive: "pipe-eof", Deadline: deadline}}, func(_ int, rep Report) error {
		if want := `group "": none is mounted`; rep.Unavailable != want {
			t.Errorf("got %q, want %q", rep.Unavailable, want)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// A trial with a defect is no outcome.
func TestBroken(t *testing.T) {
	p := pool(t)
	for _, test := range []struct{ script, want string }{
		{"broken", "a defect"},
		{"crashes", "panic: a defect"},
		{"no such script", "no such script"},
	} {
		var got string
		err := p.Run(t.Context(), []Trial{{Script: test.script, Primitive: "pipe-eof", Deadline: deadline}}, func(_ int, rep Report) error {
			got = rep.Broken
			if rep.Outcome != "" || rep.Unavailable != "" {
				t.Errorf("%s: it came to %+v", test.script, rep)
			}
			return nil
		})
		if err != nil || !strings.Contains(got, test.want) {
			t.Errorf("%s: %v, broken by %q, want %q in it", test.script, err, got, test.want)
		}
	}
}

// What a trial leaves is gone when the next one begins.
func TestCleared(t *testing.T) {
	p := pool(t)
	p.slots = newSlots(1)
	run := func(script string) (rep Report) {
		w := &worker{pool: p}
		t.Cleanup(func() {
			if err := w.end(); err != nil {
				t.Error(err)
			}
		})
		for _, s := range []string{script, "looks what is left"} {
			var err error
			if rep, err = w.try(t.Context(), Trial{Script: s, Primitive: "pipe-eof", Deadline: deadline}); err != nil {
				t.Fatal(err)
			}
		}
		return rep
	}
	// The observer and the parent itself.
	if got := run("leaves a lot").Unavailable; got != "0 files, 2 processes" {
		t.Errorf("left: %s", got)
	}
}

// An observer that is gone is replaced, and its trial is tried again.
func TestObserverGone(t *testing.T) {
	// Not at the place for temporary files: each observer has its own.
	mark := filepath.Join("/var/tmp", fmt.Sprintf("nsbench-test-%d", os.Getpid()))
	t.Cleanup(func() {
		if err := os.Remove(mark); err != nil {
			t.Error(err)
		}
	})
	trials := []Trial{{Script: "kills the observer, the first time", Primitive: "pipe-eof", Args: []string{mark}, Deadline: deadline}}
	err := pool(t).Run(t.Context(), trials, func(_ int, rep Report) error {
		if rep.Unavailable != "this is the second time" {
			t.Errorf("got %+v", rep)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// A cell whose trials are unavailable from the second on is told of once, however many
// are under way by then.
func TestUnavailableLate(t *testing.T) {
	const trials = 6
	c := &Cell{
		Is:      result.Behaviour{Matrix: result.MatrixFaults, Primitive: "pipe-eof", Fault: "none"},
		Badness: func(string) int { return 0 },
		Trial: func(n int) Trial {
			return Trial{Script: "unavailable, but the first time", Primitive: "pipe-eof", Args: []string{strconv.Itoa(n)}, Deadline: deadline}
		},
	}
	var cells []*result.Behaviour
	var told int
	err := pool(t).FindOut(t.Context(), Matrix{result.Plan{Trials: trials}, []*Cell{c}}, result.Header{}, Recorder{
		Record: func(rec result.Record) error {
			if b, ok := rec.(*result.Behaviour); ok {
				cells = append(cells, b)
			}
			return nil
		},
		Progress: func(done, _ int) { told = done },
	})
	// The first trial was a finding, and stays one; the others are lost, and said to be.
	if want := fmt.Sprintf("%d of %d trials came to nothing", trials-1, trials); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q in it", err, want)
	}
	if len(cells) != 1 || cells[0].Outcome != result.OutcomeReleased || cells[0].Trials != 1 {
		t.Errorf("cells %+v; want one, released", cells)
	}
	if told != trials {
		t.Errorf("%d of %d trials are done", told, trials)
	}
}

// A parent that was taken for hung may go on before it is killed.
func TestListenAfterwards(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	a := &attempt{tells: r}
	heard, over := make(chan struct{}), make(chan struct{})
	go func() { a.listen(make(chan told), heard); close(over) }()
	if _, err := w.WriteString(`{"what":"acts"}` + "\n"); err != nil {
		t.Fatal(err)
	}
	close(heard)
	<-over // or the test hangs
	if err := errors.Join(r.Close(), w.Close()); err != nil {
		t.Error(err)
	}
}

// The operation of a parent is given its deadline, however long that is.
func TestPatience(t *testing.T) {
	for _, d := range []time.Duration{MinDeadline, MaxDeadline} {
		if got := (Trial{Deadline: d}).patience(); got <= d {
			t.Errorf("%v with a deadline of %v", got, d)
		}
	}
}

func TestInterrupted(t *testing.T) {
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	var trials []Trial
	for range 100 {
		trials = append(trials, Trial{Script: "leave", Primitive: "eventfd", Deadline: deadline})
	}
	done := 0
	err := pool(t).Run(ctx, trials, func(int, Report) error {
		done++
		cancel(stop)
		return nil
	})
	if !errors.Is(err, stop) || done != 1 {
		t.Errorf("got %v after %d trials, want the cause after one", err, done)
	}
	if left := children(t); len(left) > 1 { // the janitor lives until the pool is closed
		t.Errorf("processes are left: %v", left)
	}
}

// Trials are cleared away where the place for temporary files is the working
// directory, and nothing else is: a path that leads below what was mounted there
// would have led to the files of the user.
func TestTemporaryFilesHere(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("mine", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", ".")
	trials := []Trial{{Script: "leaves a lot", Primitive: "pipe-eof", Deadline: deadline}}
	if err := pool(t).Run(t.Context(), trials, func(int, Report) error { return nil }); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat("mine"); err != nil {
		t.Error(err)
	}
}

// Nor is anything where that place cannot be mounted over so that it is seen.
func TestTemporaryFilesUnseen(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("mine", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"/proc/self/cwd", "mine", "none"} {
		t.Setenv("TMPDIR", dir)
		p, err := Open()
		if err == nil {
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		}
		if err == nil || !strings.Contains(err.Error(), "set TMPDIR to another directory") {
			t.Errorf("%s: got %v", dir, err)
		}
	}
	if _, err := os.Stat("mine"); err != nil {
		t.Error(err)
	}
}

// Two commands with the same process ID, in two PID namespaces, have two groups.
func TestGroupNames(t *testing.T) {
	if a, b := groupName(), groupName(); a == b {
		t.Errorf("two groups are both named %s", a)
	}
}

// A group is removed whatever has become of its janitor.
func TestJanitorGone(t *testing.T) {
	for _, sig := range []unix.Signal{unix.SIGKILL, unix.SIGSTOP} {
		p, err := Open()
		if err != nil {
			t.Fatal(err)
		}
		if p.janitor == nil {
			t.Skip("no control group:", p.groupless, p.Close())
		}
		if err := p.janitor.cmd.Process.Signal(sig); err != nil {
			t.Error(err)
		}
		if err := p.Close(); err != nil {
			t.Errorf("%v: %v", sig, err)
		}
		if _, err := os.Stat(p.janitor.dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%v: %s is left: %v", sig, p.janitor.dir, err)
		}
	}
}

// children are those that this process has, by their names.
func children(t *testing.T) (names []string) {
	t.Helper()
	tasks, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		text, err := os.ReadFile(task)
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ESRCH) {
			continue // a thread that has ended
		}
		if err != nil {
			t.Fatal(err)
		}
		for pid := range strings.FieldsSeq(string(text)) {
			name, _ := os.ReadFile("/proc/" + pid + "/cmdline")
			names = append(names, pid+" "+string(name))
		}
	}
	return names
}

func TestErrorOfWhoIsTold(t *testing.T) {
	full := errors.New("disk full")
	err := pool(t).Run(t.Context(), []Trial{{Script: "release", Primitive: "pipe-eof", Deadline: deadline}}, func(int, Report) error { return full })
	if !errors.Is(err, full) {
		t.Errorf("got %v, want %v", err, full)
	}
}
