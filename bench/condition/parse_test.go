package condition

import (
	"strings"
	"testing"
	"time"
)

// What is parsed is printed as it was, and parsed again.
func TestParse(t *testing.T) {
	load := func(s string) (any, string, error) { v, err := ParseLoad(s); return v, v.String(), err }
	idle := func(s string) (any, string, error) { v, err := ParseIdle(s); return v, string(v), err }
	quota := func(s string) (any, string, error) { v, err := ParseQuota(s); return v, v.String(), err }
	sched := func(s string) (any, string, error) { v, err := ParseSched(s); return v, v.String(), err }
	for _, test := range []struct {
		name  string
		parse func(string) (any, string, error)
		text  string
		want  any
		err   string
	}{
		{"load", load, "none", Load{}, ""},
		{"load", load, "1", Load{PerCPU: 1}, ""},
		{"load", load, "2:10", Load{2, 10}, ""},
		{"load", load, "2:-20", Load{2, -20}, ""},
		{"load", load, "", nil, "want none, N or N:NICE"},
		{"load", load, "2:", nil, "want none, N or N:NICE"},
		{"load", load, "much", nil, "want none, N or N:NICE"},
		{"load", load, "1:2:3", nil, "want none, N or N:NICE"},
		{"load", load, "-1", nil, "want 0 to 64"},
		{"load", load, "65", nil, "want 0 to 64"},
		{"load", load, "1:20", nil, "want -20 to 19"},
		{"load", load, "0:1", nil, "a nice value of nobody"},
		{"idle", idle, "natural", Natural, ""},
		{"idle", idle, "poll", Poll, ""},
		{"idle", idle, "", nil, "want natural or poll"},
		{"quota", quota, "none", Quota(0), ""},
		{"quota", quota, "20%", Quota(0.2), ""},
		{"quota", quota, "12.5%", Quota(0.125), ""},
		{"quota", quota, "150%", Quota(1.5), ""},
		{"quota", quota, "20", nil, "a percentage of one CPU, such as 20%"},
		{"quota", quota, "0%", nil, "want 1% to 100000%"},
		{"quota", quota, "NaN%", nil, "a percentage of one CPU"},
		{"quota", quota, "-5%", nil, "want 1% to"},
		{"sched", sched, "other", Sched{Policy: SchedOther}, ""},
		{"sched", sched, "fifo:10", Sched{SchedFIFO, 10}, ""},
		{"sched", sched, "rr:99", Sched{SchedRR, 99}, ""},
		{"sched", sched, "batch", Sched{Policy: SchedBatch}, ""},
		{"sched", sched, "idle", Sched{Policy: SchedIdle}, ""},
		{"sched", sched, "deadline", Sched{Policy: SchedDeadline}, ""},
		{"sched", sched, "fifo", nil, "want 1 to 99, such as fifo:10"},
		{"sched", sched, "fifo:0", nil, "want 1 to 99"},
		{"sched", sched, "rr:100", nil, "want 1 to 99"},
		{"sched", sched, "fifo:x", nil, "is not a number"},
		{"sched", sched, "batch:1", nil, "only fifo and rr have a priority"},
		{"sched", sched, "", nil, "want other, fifo:N"},
		{"sched", sched, "eevdf", nil, "want other, fifo:N"},
	} {
		got, text, err := test.parse(test.text)
		switch {
		case test.err != "":
			if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("%s %q: %v, want %q in it", test.name, test.text, err, test.err)
			}
		case err != nil || got != test.want || text != test.text:
			t.Errorf("%s %q: %v, printed %q, %v; want %v", test.name, test.text, got, text, err, test.want)
		}
	}
}

func TestThrottling(t *testing.T) {
	want := Throttling{Periods: 6, Throttled: 5, Time: 1234567 * time.Microsecond}
	for name, text := range map[string]string{
		"version 1": "nr_periods 6\nnr_throttled 5\nthrottled_time 1234567000\nnr_bursts 0\nburst_time 0\n",
		"version 2": "usage_usec 9\nuser_usec 8\nsystem_usec 1\nnr_periods 6\nnr_throttled 5\nthrottled_usec 1234567\n",
	} {
		if got, err := parseThrottling(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, want)
		}
	}
	if _, err := parseThrottling("nr_periods many\n"); err == nil {
		t.Error("a word was taken for a number")
	}
}

func TestQuotaFits(t *testing.T) {
	for _, s := range []Sched{{}, {Policy: SchedOther}, {Policy: SchedBatch}, {Policy: SchedIdle}} {
		if err := Quota(0.2).Fits(s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
	for _, s := range []Sched{{SchedFIFO, 1}, {SchedRR, 1}, {Policy: SchedDeadline}} {
		if err := Quota(0.2).Fits(s); err == nil || !strings.Contains(err.Error(), "cpu quota 20%: it does not bind a child under sched "+s.String()) {
			t.Errorf("%s: %v, want that it does not fit", s, err)
		}
		if err := Quota(0).Fits(s); err != nil {
			t.Errorf("%s without a quota: %v", s, err)
		}
	}
}
