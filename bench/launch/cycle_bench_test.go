//go:build linux && (amd64 || arm64)

package launch

import (
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// BenchmarkCycle has one benchmark for each launcher and placement. A cycle is
// what scripts/peers calls one: make a pipe, clone into the seed's namespaces,
// release straight away, reap. Its cycles/s are to be held against what the C
// program prints as cycles_per_s, in turn with it.
func BenchmarkCycle(b *testing.B) {
	var usable unix.CPUSet
	if err := unix.SchedGetaffinity(0, &usable); err != nil {
		b.Fatal(err)
	}
	var cpus []int
	for cpu := range len(usable) * 64 {
		if usable.IsSet(cpu) {
			cpus = append(cpus, cpu)
		}
	}
	for _, kind := range Kinds() {
		b.Run(kind.String()+"/same-cpu", func(b *testing.B) { benchmarkCycle(b, kind, cpus[0], -1) })
		if len(cpus) > 1 {
			b.Run(kind.String()+"/cross-cpu", func(b *testing.B) { benchmarkCycle(b, kind, cpus[0], cpus[1]) })
		}
	}
}

func benchmarkCycle(b *testing.B, kind Kind, parent, child int) {
	if os.Geteuid() != 0 {
		b.Skip("needs root")
	}
	l, err := New()
	if err != nil {
		b.Fatal(err)
	}
	board, err := program.NewBoard(64<<10, program.Counter)
	if err != nil {
		b.Fatal(err)
	}
	undo := pinned(b, parent)
	// Collected between cycles instead, as a run does between blocks.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	const block = 500
	var total time.Duration
	for n := 0; b.Loop(); n++ {
		if n%block == 0 {
			runtime.GC()
		}
		total += cycle(b, l, Config{Kind: kind, Namespaces: UTS | IPC, CPU: child}, board)
	}
	b.ReportMetric(float64(b.N)/total.Seconds(), "cycles/s")
	undo()
	if err := l.Close(); err != nil {
		b.Error(err)
	}
	if err := board.Close(); err != nil {
		b.Error(err)
	}
}

// cycle is one life of a child, as a session of package bench has it. It returns
// how long that took, until the child was reaped.
func cycle(b *testing.B, l *Launcher, cfg Config, board *program.Board) time.Duration {
	began := time.Now()
	if err := board.Reset(1); err != nil {
		b.Fatal(err)
	}
	g, err := gate.PipeEOF.New(board)
	if err != nil {
		b.Fatal(err)
	}
	c, err := l.Start(cfg, board, program.Part{Program: append(g.Wait(), program.Resumed())})
	if err != nil {
		b.Fatal(err)
	}
	release := g.Release(program.Child)
	code, err := board.Load(program.Env{Peer: c.PID},
		program.Part{Program: append(release, program.AwaitEnd(program.Child))})
	if err != nil {
		b.Fatal(err)
	}
	if o := program.Run(code); o.Verdict != program.Released {
		b.Fatal(o)
	}
	var took time.Duration
	if _, err := c.WaitHere(func() { took = time.Since(began) }); err != nil || c.Outcome().Verdict != program.Released {
		b.Fatal(c.Outcome(), err)
	}
	if err := g.Close(release); err != nil {
		b.Fatal(err)
	}
	return took
}

// pinned keeps this thread on one CPU, with its signals away, until undone.
func pinned(b *testing.B, cpu int) (undo func()) {
	var was, only unix.CPUSet
	only.Set(cpu)
	var all, old unix.Sigset_t
	for i := range all.Val {
		all.Val[i] = ^uint64(0)
	}
	for _, err := range []error{
		unix.SchedGetaffinity(0, &was), unix.SchedSetaffinity(0, &only),
		unix.PthreadSigmask(unix.SIG_SETMASK, &all, &old),
	} {
		if err != nil {
			b.Fatal(err)
		}
	}
	return func() {
		if err := unix.PthreadSigmask(unix.SIG_SETMASK, &old, nil); err != nil {
			b.Error(err)
		}
		if err := unix.SchedSetaffinity(0, &was); err != nil {
			b.Error(err)
		}
	}
}
