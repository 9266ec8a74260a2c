package reports_test

import (
	"slices"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

func differences(edit func(h *result.Header)) (all []string) {
	edited := header()
	edit(edited)
	for _, d := range reports.Differs(reports.Run{Header: *header()}, reports.Run{Header: *edited}) {
		all = append(all, d.String())
	}
	return all
}

// What moves figures is told, one thing a line, and nothing else is.
func TestDiffers(t *testing.T) {
	env := func(edit func(e *result.Environment)) func(*result.Header) {
		return func(h *result.Header) { edit(&h.Environment) }
	}
	tests := []struct {
		edit func(*result.Header)
		want string
	}{
		{env(func(e *result.Environment) { e.Host = "b" }), "host: was bench-one, is b"},
		{env(func(e *result.Environment) { e.Arch = "arm64" }), "system: was linux/amd64, is linux/arm64"},
		{env(func(e *result.Environment) { e.CPU = "" }), "CPU: was AMD EPYC 9R14, is unknown"},
		{env(func(e *result.Environment) { e.CPUs = 64 }), "usable CPUs: was 2, is 64"},
		{env(func(e *result.Environment) { e.ParentCPU = 4 }), "CPUs in use: was parent on 0, child on 1, is parent on 4, child on 1"},
		{env(func(e *result.Environment) { e.VM = "" }), "hypervisor: was kvm, is none"},
		{env(func(e *result.Environment) { e.Kernel = "6.19" }), "kernel: was 6.18.2 #1 SMP PREEMPT_DYNAMIC, is 6.19"},
		{env(func(e *result.Environment) { e.Governor = "powersave" }), "frequency governor: was performance, is powersave"},
		{env(func(e *result.Environment) { e.IdleDriver = "intel_idle" }), "idle driver: was haltpoll, is intel_idle"},
		{env(func(e *result.Environment) { e.IdlePolicy = "menu" }), "idle policy: was haltpoll, is menu"},
		{env(func(e *result.Environment) { e.SMT = "on" }), "SMT: was off, is on"},
		{env(func(e *result.Environment) { e.THP = "always" }), "transparent huge pages: was madvise, is always"},
		{env(func(e *result.Environment) { e.Clock = "tsc" }), "kernel's clock source: was kvm-clock, is tsc"},
		{env(func(e *result.Environment) { e.UID, e.UserNS = 1000, true }), "user: was root, is not root, in a user namespace of its own"},
		{env(func(e *result.Environment) { e.Go = "go1.27" }), "Go: was go1.26.0, is go1.27"},
		{func(h *result.Header) { h.Version = "0.2.0" }, "nsbench: was 0.1.0, is 0.2.0"},
		{func(h *result.Header) { h.Clock.Source = "clock_gettime" }, "clock: was tsc, is clock_gettime"},
		{func(h *result.Header) { h.Plan.Iterations = 7 }, "iterations: was 800, is 7"},
		{func(h *result.Header) { h.Plan.Precision = 0.02 }, "precision: was none, is 2.0%"},
		{func(h *result.Header) { h.Plan.MaxTimeNS = 90e9 }, "max-time: was none, is 1m30s"},
		{func(h *result.Header) { h.Plan.Stages = 1 }, "stages: was 2, is 1"},
		{func(h *result.Header) { h.Plan.Block = 20 }, "children in a block: was 10, is 20"},
		{func(h *result.Header) { h.Plan.Warmup = 0 }, "warm-up rounds: was 1, is 0"},
		{func(h *result.Header) { h.Plan.Payload = []string{"sh", "-c", ":"} }, "payload: was none, is sh -c :"},
		{
			env(func(e *result.Environment) { e.Cmdline = "console=ttyS0 mitigations=off root=/dev/vda1 quiet" }),
			"kernel command line, in part: was nothing more, is mitigations=off quiet",
		},
		{func(h *result.Header) { h.Clock.NullNS = 60 }, "null gate: was 31ns, is 60ns"},
		{env(func(e *result.Environment) { e.Disturbances[1].Status = "ok" }), `warning of vm: was "this is a virtual machine (kvm)", is none`},
		{env(func(e *result.Environment) { e.Disturbances[0].Status = "warn" }), `warning of pinning: was none, is "both CPUs can be pinned"`},
		{env(func(e *result.Environment) { e.Disturbances = e.Disturbances[:2] }), `warning of loadavg: was "load average 0.94", is none`},

		{func(*result.Header) {}, ""},
		{func(h *result.Header) {
			h.Plan.Series, h.Environment.ChildCPU = []result.Series{{Placement: "same-cpu"}}, 0
		}, ""},
		{env(func(e *result.Environment) { e.ParentCPU, e.ChildCPU = -1, -1 }), ""},
		{func(h *result.Header) { h.Clock.NullNS = 38 }, ""}, // less than a step of the clock
		{func(h *result.Header) { h.Clock.StepNS, h.Clock.OffsetNS, h.Clock.Hz = 8, 0, 1 }, ""},
		{func(h *result.Header) { h.Seed, h.Started, h.Command = 1, time.Time{}, nil }, ""},
		{env(func(e *result.Environment) { e.LoadAvg = "0.5 0.5 0.5" }), ""},
		{env(func(e *result.Environment) { e.KeptAwake, e.QuotaBy, e.DrainedBy = "a", "b", "c" }), ""}, // the other run had no use for it
		{env(func(e *result.Environment) { e.Disturbances[1].Found = "still a virtual machine" }), ""},
		{env(func(e *result.Environment) { slices.Reverse(e.Disturbances) }), ""},
		{env(func(e *result.Environment) { e.Cmdline = "root=/dev/vda1 console=ttyS0" }), ""},
	}
	for _, test := range tests {
		var want []string
		if test.want != "" {
			want = []string{test.want}
		}
		if diff := cmp.Diff(want, differences(test.edit)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// The order is that of what is told, whatever the runs say.
func TestDiffersInOrder(t *testing.T) {
	got := differences(func(h *result.Header) {
		h.Environment.Disturbances = nil
		h.Plan.Stages, h.Version, h.Environment.Kernel, h.Environment.Host = 1, "2", "7", "other"
	})
	want := []string{
		"host: was bench-one, is other", "kernel: was 6.18.2 #1 SMP PREEMPT_DYNAMIC, is 7", "nsbench: was 0.1.0, is 2", "stages: was 2, is 1",
		`warning of vm: was "this is a virtual machine (kvm)", is none`, `warning of loadavg: was "load average 0.94", is none`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDiffersIsFitToBeShown(t *testing.T) {
	runs := []reports.Run{gather(t, hostile(t)).Runs[0], gather(t, open(t, "run.jsonl")).Runs[0]}
	for _, d := range append(reports.Differs(runs[0], runs[1]), reports.Differs(runs[1], runs[0])...) {
		if len(d.String()) > 2000 {
			t.Errorf("%d bytes", len(d.String()))
		}
		for _, r := range d.String() {
			if !unicode.IsPrint(r) {
				t.Errorf("%s: %U came through", d.Name, r)
				break
			}
		}
	}
}
