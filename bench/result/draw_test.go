package result

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// drawLog draws what one or several hosts may have written one after another.
func drawLog(t *rapid.T) []Record {
	var log []Record
	for range rapid.IntRange(1, 3).Draw(t, "hosts") {
		switch rapid.SampledFrom([]string{"series", "series", "matrix", "handshakes", "breaks"}).Draw(t, "section") {
		case "matrix":
			log = append(log, drawMatrix(t)...)
			continue
		case "handshakes":
			log = append(log, drawHandshakes(t)...)
			continue
		case "breaks":
			log = append(log, drawBreaks(t)...)
			continue
		}
		h := drawHeader(t)
		log = append(log, h)
		if len(h.Plan.Series) > 0 {
			for range rapid.IntRange(0, 4).Draw(t, "blocks") {
				log = append(log, drawBlock(t, &h.Plan))
			}
		}
		if rapid.Bool().Draw(t, "ended") {
			log = append(log, drawEnd(t))
		}
	}
	return log
}

func drawHeader(t *rapid.T) *Header {
	return &Header{
		Schema:      Schema,
		Version:     text(t),
		Started:     drawTime(t),
		Command:     texts(t),
		Seed:        rapid.Uint64().Draw(t, "seed"),
		Plan:        drawPlan(t),
		Environment: drawEnvironment(t),
		Clock: Clock{
			Source: text(t), Hz: rapid.Int64().Draw(t, "hz"), OffsetNS: rapid.Int64().Draw(t, "offset"),
			Why: text(t), NullNS: rapid.Int64().Draw(t, "null"), StepNS: rapid.Int64().Draw(t, "step"),
		},
	}
}

func drawPlan(t *rapid.T) Plan {
	series := rapid.Custom(func(t *rapid.T) Series {
		return Series{
			Primitive: text(t), Family: text(t), Blocking: rapid.Bool().Draw(t, "blocking"),
			Launcher: text(t), Namespaces: texts(t), Placement: text(t),
			HoldNS:   rapid.Int64Min(0).Draw(t, "hold"),
			Children: rapid.IntRange(0, 1000).Draw(t, "children"), FreesAll: rapid.Bool().Draw(t, "frees_all"),
			Load: rapid.IntRange(0, 8).Draw(t, "load"), LoadNice: rapid.IntRange(-20, 19).Draw(t, "load_nice"),
			Quota: rapid.IntRange(0, 400).Draw(t, "cpu_quota"), Idle: text(t), Sched: text(t),
			SelfCheck: rapid.Bool().Draw(t, "self_check"), DelayNS: rapid.Int64Min(0).Draw(t, "delay"),
		}
	})
	count := rapid.IntRange(0, MaxCount)
	return Plan{
		Series:     rapid.SliceOfNDistinct(series, 0, 4, Series.key).Draw(t, "series"),
		Iterations: count.Draw(t, "iterations"),
		Stages:     rapid.IntRange(1, MaxCount).Draw(t, "stages"),
		Block:      count.Draw(t, "block"),
		Warmup:     count.Draw(t, "warmup"),
		Payload:    rapid.SliceOfN(rapid.Just("true"), 0, 2).Draw(t, "payload"),
		Baseline:   text(t),
		Precision:  rapid.Float64Range(0, 0.999).Draw(t, "precision"),
		MaxTimeNS:  rapid.Int64Min(0).Draw(t, "max_time"),
		Threshold:  rapid.Float64Range(0, 0.999).Draw(t, "threshold"),
	}
}

func drawEnvironment(t *rapid.T) Environment {
	disturbance := rapid.Custom(func(t *rapid.T) Disturbance {
		return Disturbance{
			Check: text(t), Status: rapid.SampledFrom([]string{"ok", "warn", "unknown"}).Draw(t, "status"),
			Found: text(t), Effect: text(t), Fix: text(t),
		}
	})
	return Environment{
		Host: text(t), OS: text(t), Arch: text(t), Kernel: text(t), Cmdline: text(t), Go: text(t),
		CPU:       text(t),
		CPUs:      rapid.IntRange(0, 4096).Draw(t, "cpus"),
		ParentCPU: rapid.IntRange(-1, 4096).Draw(t, "cpu_parent"),
		ChildCPU:  rapid.IntRange(-1, 4096).Draw(t, "cpu_child"),
		VM:        text(t), Governor: text(t), IdleDriver: text(t), IdlePolicy: text(t), SMT: text(t),
		Clock: text(t), THP: text(t), LoadAvg: text(t),
		KeptAwake: text(t), DrainedBy: text(t), QuotaBy: text(t),
		UID:          rapid.IntRange(0, 70_000).Draw(t, "uid"),
		UserNS:       rapid.Bool().Draw(t, "userns"),
		Disturbances: rapid.SliceOfN(disturbance, 0, 3).Draw(t, "disturbances"),
	}
}

func drawBlock(t *rapid.T, plan *Plan) *Block {
	b := &Block{
		Round:  rapid.IntRange(0, 1<<30).Draw(t, "round"),
		Place:  rapid.IntRange(0, 1<<30).Draw(t, "place"),
		Series: rapid.IntRange(0, len(plan.Series)-1).Draw(t, "series"),
		Warmup: rapid.Bool().Draw(t, "warmup"),
	}
	samples := rapid.IntRange(0, 6).Draw(t, "samples")
	for _, c := range b.sampleColumns() {
		*c.values = ints(samples, rapid.Int64()).Draw(t, c.name)
	}
	b.Stage = ints(samples, rapid.Int64Range(1, int64(plan.Stages))).Draw(t, "stage")
	b.Voluntary = ints(samples, rapid.Int64Min(0)).Draw(t, "voluntary")
	b.Involuntary = ints(samples, rapid.Int64Min(0)).Draw(t, "involuntary")
	b.ParentCPU = ints(samples, rapid.Int64Range(-1, 4096)).Draw(t, "cpu_parent")
	b.ChildCPU = ints(samples, rapid.Int64Range(-1, 4096)).Draw(t, "cpu_child")
	if samples > 0 && rapid.Bool().Draw(t, "delayed") {
		b.DelayNS = ints(samples, rapid.Int64Min(0)).Draw(t, "delay_ns")
	}
	children := rapid.IntRange(0, 3).Draw(t, "children")
	for _, c := range b.childColumns() {
		*c.values = ints(children, rapid.Int64()).Draw(t, c.name)
	}
	for _, c := range b.rareColumns() {
		if children > 0 && rapid.Bool().Draw(t, "has "+c.name) {
			*c.values = ints(children, rapid.Int64()).Draw(t, c.name)
		}
	}
	for _, value := range []**int64{&b.RunDelayNS, &b.ThrottledNS, &b.DrainNS} {
		*value = rapid.Ptr(rapid.Int64Min(0), true).Draw(t, "of the block")
	}
	b.Invalid = drawMarks(t, samples)
	return b
}

func drawMarks(t *rapid.T, samples int) []Mark {
	if samples == 0 {
		return nil
	}
	mark := rapid.Custom(func(t *rapid.T) Mark {
		reasons := []string{ReasonNotBlocked, ReasonEarly, ReasonClock, ReasonOutcome, ReasonMoved}
		return Mark{
			Sample: rapid.IntRange(0, samples-1).Draw(t, "sample"),
			Reason: rapid.SampledFrom(reasons).Draw(t, "reason"),
			Detail: text(t),
		}
	})
	return rapid.SliceOfN(mark, 0, 3).Draw(t, "invalid")
}

func drawEnd(t *rapid.T) *End {
	return &End{
		Finished: drawTime(t),
		Ended:    rapid.SampledFrom([]string{EndedComplete, EndedInterrupted, EndedFailed}).Draw(t, "how"),
		Error:    text(t),
		Blocks:   rapid.IntRange(0, 1<<30).Draw(t, "blocks"),
		Samples:  rapid.IntRange(0, 1<<30).Draw(t, "samples"),
		Hz:       rapid.Int64Min(0).Draw(t, "hz"),
		Stopped:  rapid.SampledFrom([]string{"", StoppedPrecision, StoppedMaxTime, StoppedIterations}).Draw(t, "stopped"),
	}
}

func drawTime(t *rapid.T) time.Time {
	zone := time.FixedZone("", 60*rapid.IntRange(-720, 720).Draw(t, "zone"))
	return time.Unix(rapid.Int64Range(0, 1<<32).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).In(zone)
}

func text(t *rapid.T) string { return rapid.String().Draw(t, "text") }

func texts(t *rapid.T) []string { return rapid.SliceOfN(rapid.String(), 0, 3).Draw(t, "texts") }

func ints(n int, of *rapid.Generator[int64]) *rapid.Generator[[]int64] {
	return rapid.SliceOfN(of, n, n)
}

// written returns the log as a Writer writes it.
func written(t testing.TB, log ...Record) []byte {
	t.Helper()
	var out bytes.Buffer
	w := NewWriter(&out)
	for _, rec := range log {
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// readAll reads a log to its end and returns the records and the messages of
// the lines that were refused.
func readAll(in io.Reader) (log []Record, refused []string) {
	r := NewReader(in)
	for {
		rec, err := r.Next()
		switch {
		case err == nil:
			log = append(log, rec)
		case errors.Is(err, io.EOF):
			return log, refused
		default:
			refused = append(refused, err.Error())
		}
	}
}

func diff(want, got []Record) string { return cmp.Diff(want, got, cmpopts.EquateEmpty()) }

// host returns the log of a small, whole run.
func host(name string) []Record {
	return []Record{
		&Header{
			Schema: Schema, Version: "1", Started: time.Unix(1_800_000_000, 0).UTC(), Seed: 1,
			Plan: Plan{
				Series: []Series{
					{Primitive: "pipe-eof", Family: "pipe", Blocking: true, Launcher: "clone", Namespaces: []string{"uts", "ipc"}, Placement: "cross-cpu", HoldNS: 200_000},
					{Primitive: "spin", Family: "memory", Launcher: "clone", Placement: "cross-cpu", HoldNS: 200_000},
				},
				Iterations: 2, Stages: 2, Block: 1,
			},
			Environment: Environment{Host: name},
		},
		block(0, 2), block(1, 2),
		&End{Finished: time.Unix(1_800_000_030, 0).UTC(), Ended: EndedComplete, Blocks: 2, Samples: 4, Hz: 2_000_000_000},
	}
}

// block returns a block of one child of a host's run, samples times released.
func block(series, samples int) *Block {
	b := &Block{Series: series, Place: series, CloneNS: []int64{60_000}, StartupNS: []int64{90_000}, CycleNS: []int64{400_000}}
	for i := range samples {
		b.Stage = append(b.Stage, int64(i%2+1))
		b.HoldNS = append(b.HoldNS, 198_765+int64(i%1000))
		b.ReleaseNS = append(b.ReleaseNS, 14_321+int64(i%997))
		b.SignalNS = append(b.SignalNS, 2_345)
		b.WaitCPUNS = append(b.WaitCPUNS, 5_678)
		b.Voluntary = append(b.Voluntary, 1)
		b.Involuntary = append(b.Involuntary, 0)
		b.ParentCPU = append(b.ParentCPU, 0)
		b.ChildCPU = append(b.ChildCPU, 1)
	}
	return b
}

// kinds returns the kinds of a log's records, in order.
func kinds(log []Record) string {
	text := ""
	for _, rec := range log {
		text += fmt.Sprintf("%s ", rec.kind())
	}
	return text
}
