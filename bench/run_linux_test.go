package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/condition"
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// A recording is what a run yields.
type recording struct {
	header *result.Header
	blocks []*result.Block
	end    *result.End
	log    bytes.Buffer
	writer *result.Writer
	all    []result.Record
}

func (r *recording) record(rec result.Record) error {
	if r.writer == nil {
		r.writer = result.NewWriter(&r.log)
	}
	r.all = append(r.all, rec)
	switch rec := rec.(type) {
	case *result.Header:
		r.header = rec
	case *result.Block:
		r.blocks = append(r.blocks, rec)
	case *result.End:
		r.end = rec
	}
	return r.writer.Write(rec)
}

// readBack holds that a reader finds in the log what was written to it.
func (r *recording) readBack(t *testing.T) {
	t.Helper()
	var got []result.Record
	reader := result.NewReader(&r.log)
	for {
		rec, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, rec)
	}
	// Lists that are nil are written as empty ones.
	nilIsEmpty := cmp.FilterValues(func(a, b []string) bool { return len(a)+len(b) == 0 }, cmp.Ignore())
	noneIsEmpty := cmp.FilterValues(func(a, b []result.Disturbance) bool { return len(a)+len(b) == 0 }, cmp.Ignore())
	if diff := cmp.Diff(r.all, got, nilIsEmpty, noneIsEmpty); diff != "" {
		t.Errorf("the record as it was yielded, and as it was read:\n%s", diff)
	}
}

// sums is the number of samples of each series, measured and warm-up.
func (r *recording) sums() (measured, warmup map[int]int) {
	measured, warmup = map[int]int{}, map[int]int{}
	for _, b := range r.blocks {
		if b.Warmup {
			warmup[b.Series] += len(b.Stage)
		} else {
			measured[b.Series] += len(b.Stage)
		}
	}
	return measured, warmup
}

// carryOut runs a plan and holds that nothing of it is left in this process.
func carryOut(t *testing.T, ctx context.Context, p Plan, o Observer) error {
	t.Helper()
	requireNamespaces(t, p)
	defer leaveNothing(t)()
	return Run(ctx, p, About{Version: "test", Command: []string{"nsbench", "run"}}, o)
}

// requireNamespaces skips a test where the namespaces of a plan cannot be had,
// and fails it where NSBENCH_TEST_REQUIRE says that they can.
func requireNamespaces(t *testing.T, p Plan) {
	t.Helper()
	required := strings.Split(os.Getenv("NSBENCH_TEST_REQUIRE"), ",")
	if slices.ContainsFunc(p.Series, func(s Series) bool { return s.Placement == CrossCPU }) && len(usable(t)) < 2 {
		if slices.Contains(required, "cpus") {
			t.Fatalf("NSBENCH_TEST_REQUIRE=%s: %v", strings.Join(required, ","), ErrOneCPU)
		}
		t.Skip(ErrOneCPU)
	}
	s, err := newSession(p)
	if err == nil {
		err = s.close()
	}
	if err == nil {
		return
	}
	if errors.Is(err, condition.ErrNoPair) {
		t.Skip(err) // a matter of the machine, and not of rights
	}
	if _, refused := errors.AsType[*launch.CloneError](err); !refused {
		t.Fatal(err)
	}
	if slices.Contains(required, "root") || slices.Contains(required, "userns") {
		t.Fatalf("NSBENCH_TEST_REQUIRE=%s: %v", strings.Join(required, ","), err)
	}
	t.Skip(err)
}

// leaveNothing notes what this process has, and returns a function that
// compares: descriptors, CPUs, blocked signals and processors are as they were,
// and there is no child, dead or alive.
func leaveNothing(t *testing.T) func() {
	t.Helper()
	runtime.LockOSThread()
	files, cpus, mask, processors := descriptors(t), usable(t), blocked(t), runtime.GOMAXPROCS(0)
	return func() {
		t.Helper()
		defer runtime.UnlockOSThread()
		if now := descriptors(t); now != files {
			t.Errorf("%d descriptors, %d before", now, files)
		}
		if now := usable(t); !slices.Equal(now, cpus) {
			t.Errorf("CPUs %v, %v before", now, cpus)
		}
		if now := blocked(t); now != mask {
			t.Errorf("blocked signals %x, %x before", now, mask)
		}
		if now := runtime.GOMAXPROCS(0); now != processors {
			t.Errorf("%d processors, %d before", now, processors)
		}
		if pid, err := unix.Wait4(-1, nil, unix.WALL|unix.WNOHANG, nil); !errors.Is(err, unix.ECHILD) {
			t.Errorf("a child is left: wait4 = %d, %v", pid, err)
		}
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func blocked(t *testing.T) unix.Sigset_t {
	t.Helper()
	var set unix.Sigset_t
	if err := unix.PthreadSigmask(unix.SIG_BLOCK, nil, &set); err != nil {
		t.Fatal(err)
	}
	return set
}

// Every primitive under every placement yields as many samples as planned, and
// those that need a proof carry it or are marked.
func TestRunCounts(t *testing.T) {
	for _, placement := range Placements() {
		for _, stages := range []int{1, 3} {
			t.Run(fmt.Sprintf("%s/%d", placement, stages), func(t *testing.T) {
				p := validPlan()
				p.Series[0].Placement = placement
				p.each(uncut(p.Series[0].Namespaces, stages)...)
				p.Iterations, p.Stages, p.Block, p.Warmup = 5, stages, 1, 1
				rec := &recording{}
				var told []Progress
				err := carryOut(t, t.Context(), p, Observer{Record: rec.record, Progress: func(now Progress) { told = append(told, now) }})
				if err != nil {
					t.Fatal(err)
				}
				checkCounts(t, p, rec)
				checkSamples(t, p, rec)
				if len(told) != len(rec.blocks) || told[len(told)-1].Round != p.rounds() || told[len(told)-1].Block != told[len(told)-1].Blocks {
					t.Errorf("progress: %v, want %d rounds and %d blocks", told, p.rounds(), len(rec.blocks))
				}
				rec.readBack(t)
			})
		}
	}
}

// Every primitive works with every launcher.
func TestRunLaunchers(t *testing.T) {
	for _, kind := range launch.Kinds() {
		t.Run(kind.String(), func(t *testing.T) {
			p := validPlan()
			p.Series[0].Launcher = kind
			p.each(uncut(p.Series[0].Namespaces, 2)...)
			p.Iterations, p.Stages, p.Block = 4, 2, 1
			rec := &recording{}
			if err := carryOut(t, t.Context(), p, Observer{Record: rec.record}); err != nil {
				t.Fatal(err)
			}
			for _, b := range rec.blocks {
				if got := rec.header.Plan.Series[b.Series].Launcher; got != kind.String() {
					t.Errorf("recorded as of launcher %s", got)
				}
				for _, m := range b.Invalid {
					if m.Reason != result.ReasonNotBlocked {
						t.Errorf("%s: sample %d is marked: %s %s", p.Series[b.Series].Primitive.Name, m.Sample, m.Reason, m.Detail)
					}
				}
			}
		})
	}
}

// uncut are the primitives that can be waited at so often in new namespaces.
func uncut(ns launch.Namespaces, stages int) []gate.Primitive {
	return slices.DeleteFunc(gate.All(), func(p gate.Primitive) bool {
		cut := slices.ContainsFunc(ns.Names(), func(name string) bool { return slices.Contains(p.CutBy, name) })
		return cut || p.Once && stages > 1
	})
}

func checkCounts(t *testing.T, p Plan, rec *recording) {
	t.Helper()
	if rec.header.Seed != p.Seed || len(rec.header.Plan.Series) != len(p.Series) || rec.header.Clock.Hz <= 0 || rec.header.Clock.NullNS < 0 {
		t.Errorf("header: %+v", rec.header)
	}
	measured, warmup := rec.sums()
	samples := 0
	for series := range p.Series {
		if measured[series] != p.Iterations || warmup[series] != p.Block*p.Stages {
			t.Errorf("%s: %d measured, %d warm-up; want %d, %d", p.Series[series].Primitive.Name, measured[series], warmup[series], p.Iterations, p.Block*p.Stages)
		}
		samples += measured[series] + warmup[series]
	}
	if rec.end.Ended != result.EndedComplete || rec.end.Error != "" || rec.end.Blocks != len(rec.blocks) || rec.end.Samples != samples {
		t.Errorf("end: %+v; want %d blocks, %d samples", rec.end, len(rec.blocks), samples)
	}
}

func checkSamples(t *testing.T, p Plan, rec *recording) {
	t.Helper()
	proven := map[int]int{}
	for _, b := range rec.blocks {
		if b.Warmup != (b.Round < p.Warmup) {
			t.Errorf("round %d: warm-up %v", b.Round, b.Warmup)
		}
		var stages []int64
		for _, n := range p.groups(p.Series[b.Series], b.Round) {
			for i := range n {
				stages = append(stages, int64(i)+1)
			}
		}
		if !slices.Equal(b.Stage, stages) || len(b.CloneNS) != len(p.groups(p.Series[b.Series], b.Round)) {
			t.Errorf("round %d: %d children of stages %v, want %v", b.Round, len(b.CloneNS), b.Stage, stages)
		}
		invalid := map[int]bool{}
		for _, m := range b.Invalid {
			invalid[m.Sample] = true
			if m.Reason != result.ReasonNotBlocked || !p.Series[b.Series].Primitive.Blocking {
				t.Errorf("%s: sample %d is marked: %s %s", p.Series[b.Series].Primitive.Name, m.Sample, m.Reason, m.Detail)
			}
		}
		for i := range b.Stage {
			if invalid[i] {
				continue
			}
			proven[b.Series]++
			checkSample(t, p, rec.header.Environment, b, i)
		}
	}
	for series := range p.Series {
		if proven[series] == 0 {
			t.Errorf("%s: no valid sample", p.Series[series].Primitive.Name)
		}
	}
}

func checkSample(t *testing.T, p Plan, env result.Environment, b *result.Block, i int) {
	t.Helper()
	name := p.Series[b.Series].Primitive.Name
	if p.Series[b.Series].Primitive.Blocking && b.Voluntary[i] < 1 {
		t.Errorf("%s: a valid sample without a proof", name)
	}
	if b.ReleaseNS[i] < 0 || b.SignalNS[i] < 0 || b.HoldNS[i] < p.Series[b.Series].Hold.Nanoseconds()/2-1 {
		t.Errorf("%s: release %d, signal %d, hold %d ns", name, b.ReleaseNS[i], b.SignalNS[i], b.HoldNS[i])
	}
	placement := p.Series[b.Series].Placement
	if placement != Free && (b.ParentCPU[i] != int64(env.ParentCPU) || b.ChildCPU[i] != int64(env.ChildCPU)) {
		t.Errorf("%s: ran on CPUs %d and %d, want %d and %d", name, b.ParentCPU[i], b.ChildCPU[i], env.ParentCPU, env.ChildCPU)
	}
	if same := env.ParentCPU == env.ChildCPU; same == (placement == CrossCPU) {
		t.Errorf("%s: CPUs %d and %d", placement, env.ParentCPU, env.ChildCPU)
	}
}

// Without a hold the release comes before the child has armed, and the sample is
// of that kind.
func TestRunWithoutHold(t *testing.T) {
	p := validPlan()
	p.Iterations, p.Series[0].Hold = 12, 0
	rec := &recording{}
	if err := carryOut(t, t.Context(), p, Observer{Record: rec.record}); err != nil {
		t.Fatal(err)
	}
	early := 0
	for _, b := range rec.blocks {
		marked := map[int]string{}
		for _, m := range b.Invalid {
			marked[m.Sample] = m.Reason
		}
		for i, hold := range b.HoldNS {
			if !result.Early(hold) {
				continue
			}
			early++
			if marked[i] != "" || b.ReleaseNS[i]+hold < 0 {
				t.Errorf("held for %d ns, went through in %d ns, marked %q", hold, b.ReleaseNS[i]+hold, marked[i])
			}
		}
	}
	if early == 0 {
		t.Error("no sample is early")
	}
	if measured, _ := rec.sums(); measured[0] != p.Iterations {
		t.Errorf("%d samples, want %d", measured[0], p.Iterations)
	}
}

// visits is the order in which a run came to its series.
func (r *recording) visits() (order []int) {
	for _, b := range r.blocks {
		order = append(order, b.Series)
	}
	return order
}

func TestSeedSettlesTheOrder(t *testing.T) {
	p := validPlan()
	p.each(gate.PipeEOF, gate.PipeByte, gate.Eventfd, gate.Sigwait, gate.Futex, gate.UnixStream)
	p.Iterations, p.Block, p.Series[0].Hold = 4, 1, 10*time.Microsecond
	visits := func(seed uint64) []int {
		p.Seed = seed
		rec := &recording{}
		if err := carryOut(t, t.Context(), p, Observer{Record: rec.record}); err != nil {
			t.Fatal(err)
		}
		for i, b := range rec.blocks {
			if b.Round != i/len(p.Series) || b.Place != i%len(p.Series) {
				t.Errorf("block %d is at place %d of round %d", i, b.Place, b.Round)
			}
		}
		return rec.visits()
	}
	first, again, other := visits(1), visits(1), visits(2)
	if !slices.Equal(first, again) {
		t.Errorf("the same seed: %v and %v", first, again)
	}
	if slices.Equal(first, other) {
		t.Errorf("another seed: %v too", other)
	}
	if want := orders(1, len(p.Series), 4); !slices.Equal(first, want) {
		t.Errorf("the order was %v, want %v", first, want)
	}
	rounds := slices.Collect(slices.Chunk(first, len(p.Series)))
	for _, round := range rounds {
		if sorted := slices.Sorted(slices.Values(round)); !slices.Equal(sorted, []int{0, 1, 2, 3, 4, 5}) {
			t.Errorf("round %v is not of every series once", round)
		}
	}
	if !slices.ContainsFunc(rounds, func(round []int) bool { return !slices.Equal(round, rounds[0]) }) {
		t.Errorf("every round has the order %v", rounds[0])
	}
}

// nth returns a primitive that is pipe-eof, but for the nth gate (from 0), to
// which change is applied.
func nth(n int, change func(gate.Gate) gate.Gate) gate.Primitive {
	p := gate.PipeEOF
	made := 0
	p.New = func(b *program.Board) (gate.Gate, error) {
		g, err := gate.PipeEOF.New(b)
		if made++; err == nil && made == n+1 {
			g = change(g)
		}
		return g, err
	}
	return p
}

// A gate with another release.
type otherRelease struct {
	gate.Gate
	release program.Program
}

func (g otherRelease) Release(program.Peer) program.Program { return g.release }

// Close frees the gate as one that was not released.
func (g otherRelease) Close(...program.Program) error { return g.Gate.Close() }

var errStop = errors.New("somebody wants it to stop")

// A run that is stopped in the middle of a block yields those children of it
// that were through, and says that it was stopped.
func TestStopped(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	p := validPlan()
	p.Block = 10
	p.each(nth(4, func(g gate.Gate) gate.Gate { cancel(errStop); return g }))
	rec := &recording{}
	err := runStopped(t, ctx, p, rec)
	if !errors.Is(err, errStop) {
		t.Errorf("Run = %v, want %v", err, errStop)
	}
	if len(rec.blocks) != 1 || len(rec.blocks[0].Stage) != 4 {
		t.Errorf("blocks: %+v, want one of 4 samples", rec.blocks)
	}
	if rec.end.Ended != result.EndedInterrupted || rec.end.Samples != 4 || rec.end.Blocks != 1 {
		t.Errorf("end: %+v", rec.end)
	}
	rec.readBack(t)
}

// runStopped is carryOut without a session to try first, for primitives that
// count their gates and for contexts that end.
func runStopped(t *testing.T, ctx context.Context, p Plan, rec *recording) error {
	t.Helper()
	usual := p
	usual.each(gate.PipeEOF)
	requireNamespaces(t, usual)
	defer leaveNothing(t)()
	return Run(ctx, p, About{}, Observer{Record: rec.record})
}

// A hold as long as it may be does not keep a run from being stopped.
func TestStoppedInAHold(t *testing.T) {
	for _, placement := range Placements() {
		t.Run(string(placement), func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			p := validPlan()
			p.Series[0].Hold, p.Series[0].Placement = maxHold, placement
			p.each(nth(0, func(g gate.Gate) gate.Gate { cancel(errStop); return g }))
			rec := &recording{}
			if err := runStopped(t, ctx, p, rec); !errors.Is(err, errStop) {
				t.Errorf("Run = %v, want %v", err, errStop)
			}
			if len(rec.blocks) != 0 || rec.end.Ended != result.EndedInterrupted {
				t.Errorf("%d blocks, end %+v", len(rec.blocks), rec.end)
			}
		})
	}
}

var errDisk = errors.New("the disk is full")

// An observer that fails ends the run there and then, and is still told of the end.
func TestObserverFails(t *testing.T) {
	p := validPlan()
	p.Block = 1
	blocks, ends := 0, 0
	err := carryOut(t, t.Context(), p, Observer{Record: func(rec result.Record) error {
		switch rec := rec.(type) {
		case *result.Block:
			if blocks++; blocks == 2 {
				return errDisk
			}
		case *result.End:
			ends++
			if rec.Ended != result.EndedFailed || rec.Error == "" {
				t.Errorf("end: %+v", rec)
			}
		}
		return nil
	}})
	if !errors.Is(err, errDisk) || blocks != 2 || ends != 1 {
		t.Errorf("Run = %v after %d blocks and %d ends, want %v, 2, 1", err, blocks, ends, errDisk)
	}
	err = carryOut(t, t.Context(), p, Observer{Record: func(rec result.Record) error {
		if _, ok := rec.(*result.Header); !ok {
			t.Errorf("told of a %T after the header failed", rec)
		}
		return errDisk
	}})
	if !errors.Is(err, errDisk) {
		t.Errorf("Run = %v, want %v", err, errDisk)
	}
}

// What was measured is written even of a block that was stopped, and when that
// fails, both are told.
func TestStoppedAndObserverFails(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	p := validPlan()
	p.Block = 10
	p.each(nth(1, func(g gate.Gate) gate.Gate { cancel(errStop); return g }))
	requireNamespaces(t, validPlan())
	defer leaveNothing(t)()
	err := Run(ctx, p, About{}, Observer{Record: func(rec result.Record) error {
		if _, ok := rec.(*result.Block); ok {
			return errDisk
		}
		return nil
	}})
	if !errors.Is(err, errDisk) || !errors.Is(err, errStop) {
		t.Errorf("Run = %v, want both %v and %v", err, errStop, errDisk)
	}
}

// A child that nobody releases is killed and ends the run; what came before it
// is kept, and so is what there is of it. So it is on one processor too, where
// the one that waits for the child must leave room for the one that kills it.
func TestHungChild(t *testing.T) {
	for _, processors := range []int{1, runtime.GOMAXPROCS(0)} {
		t.Run(fmt.Sprintf("GOMAXPROCS=%d", processors), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
			testHungChild(t)
		})
	}
}

// Go looks each second how many CPUs the process may use: one, for the process is
// pinned. A spare processor has to be there all the same.
func TestSpareProcessorStays(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	runtime.SetDefaultGOMAXPROCS() // other tests may have set it
	before := runtime.GOMAXPROCS(0)
	p := validPlan()
	p.Series[0].Placement = SameCPU
	requireNamespaces(t, p)
	s, err := newSession(p)
	if err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); time.Since(began) < 2500*time.Millisecond; {
		if n := runtime.GOMAXPROCS(0); n < 2 {
			t.Errorf("after %v there is %d processor", time.Since(began), n)
			break
		}
		runtime.Gosched() // the runtime of a process that sleeps looks at nothing
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
	if after := runtime.GOMAXPROCS(0); after != before {
		t.Errorf("%d processors, there were %d", after, before)
	}
}

func testHungChild(t *testing.T) {
	p := validPlan()
	p.Block = 1
	p.each(nth(2, func(g gate.Gate) gate.Gate { return otherRelease{g, nil} }))
	requireNamespaces(t, validPlan())
	defer leaveNothing(t)()
	s, err := newSession(p)
	if err != nil {
		t.Fatal(err)
	}
	rec := &recording{}
	err = s.run(t.Context(), About{}, Observer{Record: func(r result.Record) error {
		if len(rec.blocks) == 1 { // the next block is the one that hangs
			s.patience = 0
		}
		return rec.record(r)
	}})
	if err := s.close(); err != nil {
		t.Error(err)
	}
	if err == nil || !strings.Contains(err.Error(), "pipe-eof: a child hung and was killed") {
		t.Errorf("run = %v", err)
	}
	if len(rec.blocks) != 3 || rec.end.Ended != result.EndedFailed || rec.end.Samples != 3 {
		t.Fatalf("%d blocks, end %+v", len(rec.blocks), rec.end)
	}
	last := rec.blocks[2]
	if len(last.Stage) != 1 || len(last.Invalid) != 1 || last.Invalid[0].Reason != result.ReasonOutcome || !strings.Contains(last.Invalid[0].Detail, "killed by signal 9") {
		t.Errorf("the block that hung: %+v", last)
	}
	rec.readBack(t)
}

// A child that something else kills is one sample that is not valid, and the
// run goes on.
func TestKilledChild(t *testing.T) {
	kill := program.Program{program.Kill(program.Child, program.SIGKILL)}
	p := validPlan()
	p.Block = 10
	p.each(nth(4, func(g gate.Gate) gate.Gate { return otherRelease{g, kill} }))
	rec := &recording{}
	if err := runStopped(t, t.Context(), p, rec); err != nil {
		t.Fatal(err)
	}
	if rec.end.Ended != result.EndedComplete || rec.end.Samples != p.Iterations {
		t.Errorf("end: %+v", rec.end)
	}
	b := rec.blocks[0]
	i := slices.IndexFunc(b.Invalid, func(m result.Mark) bool { return m.Sample == 4 })
	if i < 0 || b.Invalid[i].Reason != result.ReasonOutcome || b.Invalid[i].Detail != "the wait: unfinished, killed by signal 9" {
		t.Errorf("marks: %+v, want sample 4 as killed", b.Invalid)
	}
	if b.ReleaseNS[4] != 0 {
		t.Errorf("a child that never resumed took %d ns", b.ReleaseNS[4])
	}
	rec.readBack(t)
}

// A child that dies at its first stage leaves the samples of all its stages,
// each marked.
func TestKilledBetweenStages(t *testing.T) {
	kill := program.Program{program.Kill(program.Child, program.SIGKILL)}
	p := validPlan()
	p.Iterations, p.Stages = 6, 3
	p.each(nth(1, func(g gate.Gate) gate.Gate { return otherRelease{g, kill} }))
	rec := &recording{}
	if err := runStopped(t, t.Context(), p, rec); err != nil {
		t.Fatal(err)
	}
	if measured, _ := rec.sums(); measured[0] != 6 {
		t.Errorf("%d samples, want 6", measured[0])
	}
	outcomes := []int{}
	for _, m := range rec.blocks[0].Invalid {
		if m.Reason == result.ReasonOutcome {
			outcomes = append(outcomes, m.Sample)
		}
	}
	if !slices.Equal(outcomes, []int{1, 2}) {
		t.Errorf("without an outcome: samples %v, want 1 and 2", outcomes)
	}
}

// A plan that needs more descriptors than there can be is refused before
// anything is made.
func TestTooFewDescriptors(t *testing.T) {
	var old unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &old); err != nil {
		t.Fatal(err)
	}
	few := unix.Rlimit{Cur: 200, Max: old.Max}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &few); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &old); err != nil {
			t.Error(err)
		}
	}()
	p := validPlan()
	p.Iterations, p.Stages = 100, 100
	defer leaveNothing(t)()
	err := Run(t.Context(), p, About{}, Observer{Record: func(rec result.Record) error {
		t.Errorf("told of a %T", rec)
		return nil
	}})
	if !errors.Is(err, ErrFiles) {
		t.Errorf("Run = %v, want %v", err, ErrFiles)
	}
}

func TestPlanIsCheckedFirst(t *testing.T) {
	defer leaveNothing(t)()
	p := validPlan()
	p.Iterations = 0
	if err := Run(t.Context(), p, About{}, Observer{}); err == nil {
		t.Error("a plan of no iterations ran")
	}
}

// An observer that wants to know nothing is no error.
func TestNobodyObserves(t *testing.T) {
	if err := carryOut(t, t.Context(), validPlan(), Observer{}); err != nil {
		t.Error(err)
	}
}
