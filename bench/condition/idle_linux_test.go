//go:build amd64 || arm64

package condition

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/sys/unix"
)

// The kernel has the request as long as it lasts, and no longer. What is read
// from the file is the lowest of all requests, in microseconds.
func TestLatencyIsAskedFor(t *testing.T) {
	mustBeRoot(t)
	if before := lowestLatency(t); before == 0 {
		t.Skip("somebody else asks for 0 already")
	}
	l := startLauncher(t)
	a, err := Poll.begin(Latency, l, usable(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := lowestLatency(t); got != 0 || a.Means != Latency {
		t.Errorf("%d us by %s, want 0 by %s", got, a.Means, Latency)
	}
	if err := a.End(); err != nil {
		t.Error(err)
	}
	if got := lowestLatency(t); got == 0 {
		t.Error("the request is left")
	}
	mustHaveNoChildren(t)
}

func lowestLatency(t *testing.T) uint32 {
	t.Helper()
	f, err := os.Open(latencyFile)
	if err != nil {
		missing(t, "cpu_dma_latency", err)
	}
	var us [4]byte
	_, err = f.Read(us[:])
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return binary.NativeEndian.Uint32(us[:])
}

// Every spinner has the policy, and its CPU.
func TestSpinnersGiveWay(t *testing.T) {
	l, cpus := startLauncher(t), usable(t)
	a, err := Poll.begin(Spinning, l, cpus)
	if err != nil {
		t.Fatal(err)
	}
	var on []int
	for _, c := range a.spinners.children {
		if attr, err := unix.SchedGetAttr(c.PID, 0); err != nil || attr.Policy != unix.SCHED_IDLE {
			t.Errorf("policy %+v, %v; want SCHED_IDLE", attr, err)
		}
		on = append(on, maskOf(t, c.PID)...)
	}
	if !slices.Equal(on, cpus) {
		t.Errorf("on CPU %v, want %v", on, cpus)
	}
	if err := a.End(); err != nil {
		t.Error(err)
	}
	mustHaveNoChildren(t)
}

func TestNaturalDoesNothing(t *testing.T) {
	before := descriptors(t)
	l := startLauncher(t)
	began := descriptors(t)
	a, err := Natural.Begin(l, usable(t))
	if err != nil || a.Means != None || !slices.Equal(descriptors(t), began) {
		t.Errorf("%+v, %v; descriptors %v, before %v", a, err, descriptors(t), before)
	}
	if err := a.End(); err != nil {
		t.Error(err)
	}
	if a, err := Idle("deep").Begin(l, usable(t)); err == nil {
		t.Errorf("%+v for a way that there is not", a)
	}
}

func TestChooseMeans(t *testing.T) {
	const dir = "sys/devices/system/cpu/"
	tree := func(driver string, states ...string) fstest.MapFS {
		files := fstest.MapFS{dir + "cpuidle/current_driver": {Data: []byte(driver + "\n")}}
		for cpu, state := range states {
			files[dir+"cpu"+string(rune('0'+cpu))+"/cpuidle/state0/name"] = &fstest.MapFile{Data: []byte(state + "\n")}
		}
		return files
	}
	for name, test := range map[string]struct {
		files fstest.MapFS
		want  Means
	}{
		"haltpoll":             {tree("haltpoll", "POLL", "POLL"), Latency},
		"intel_idle":           {tree("intel_idle", "POLL", "POLL"), Latency},
		"arm64":                {tree("psci_idle", "WFI", "WFI"), Spinning},
		"no driver":            {tree("none"), Spinning},
		"none that is left":    {tree("none", "POLL", "POLL"), Spinning},
		"nothing is told":      {fstest.MapFS{}, Spinning},
		"of one CPU not known": {tree("intel_idle", "POLL"), Spinning},
	} {
		if got := chooseMeans(test.files, []int{0, 1}); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

// sleepy is the release latency across CPUs, in nanoseconds, from which on the
// CPUs of this host go to sleep: 15 to 25 us were seen in a virtual machine.
const sleepy = 10_000

// Where CPUs sleep, a wake-up across CPUs takes visibly less when they are kept
// awake. The ways take turns, and what is compared is the median of the rounds'
// ratios.
func TestPollShortensAWakeUp(t *testing.T) {
	l := startLauncher(t)
	cpus := usable(t)
	m := newMeasuring(t, l)
	chosen := chooseMeans(os.DirFS("/"), cpus)
	for range 5 {
		asleep, free, ratios := means(m, cpus, 15)
		t.Logf("natural %.1f us, CPU free %.2f; ratio to it by %s %.2f, by %s %.2f; chosen is %s", asleep/1e3, free,
			Latency, ratios[Latency], Spinning, ratios[Spinning], chosen)
		if free < 0.5 {
			missing(t, "idle", fmt.Sprintf("others use CPU %d: it was free for %.2f of the time", m.cpu, free))
		}
		if asleep < sleepy {
			missing(t, "sleep", "the CPUs of this host wake up within 10 us as they are")
		}
		if ratios[chosen] < 0.9 {
			return
		}
	}
	t.Errorf("by %s a wake-up takes as long as without", chosen)
}

// means measures all of them in turn. free is the share of the time for which the
// child's CPU had nothing to do where nothing was done.
func means(m *measuring, cpus []int, rounds int) (natural, free float64, ratios map[Means]float64) {
	var idle, total int64
	order := []Means{None, Latency, Spinning}
	got := map[Means][]float64{}
	for round := range rounds {
		now := map[Means]float64{}
		for i := range order {
			how := order[(i+round)%len(order)]
			a := &Awake{Means: None, request: -1}
			if how != None {
				var err error
				if a, err = Poll.begin(how, m.l, cpus); err != nil {
					m.t.Fatal(err)
				}
			}
			idleBefore, allBefore := idleTime(m.t, m.cpu)
			_, releases := m.cycles(0, 20)
			now[how] = median(releases)
			if how == None {
				idleAfter, allAfter := idleTime(m.t, m.cpu)
				idle, total = idle+idleAfter-idleBefore, total+allAfter-allBefore
			}
			if err := a.End(); err != nil {
				m.t.Fatal(err)
			}
		}
		got[None] = append(got[None], now[None])
		for _, how := range order[1:] {
			got[how] = append(got[how], now[how]/now[None])
		}
	}
	return median(got[None]), float64(idle) / float64(max(total, 1)), map[Means]float64{Latency: median(got[Latency]), Spinning: median(got[Spinning])}
}

// idleTime is for how long a CPU has had nothing to do, and in all, in hundredths
// of a second. proc_stat(5).
func idleTime(t testing.TB, cpu int) (idle, all int64) {
	t.Helper()
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if fields[0] != "cpu"+strconv.Itoa(cpu) {
			continue
		}
		for i, field := range fields[1:] {
			n, err := strconv.ParseInt(field, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			all += n
			if i == 3 {
				idle = n
			}
		}
	}
	return idle, all
}
