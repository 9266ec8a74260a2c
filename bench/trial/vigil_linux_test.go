//go:build amd64 || arm64

package trial

import (
	"testing"
	"time"
)

func TestVigil(t *testing.T) {
	const ms = time.Millisecond
	type seen struct {
		after time.Duration
		Look
	}
	sleeping := func(after time.Duration) seen { return seen{after, Look{state: asleep}} }
	awake := func(after, cpu time.Duration) seen { return seen{after, Look{state: 'R', cpu: cpu}} }
	for _, test := range []struct {
		name    string
		looks   []seen
		hung    bool // at the last of them
		settled int
	}{
		{"sleeps for less than the deadline", []seen{sleeping(0), sleeping(50 * ms), sleeping(99 * ms)}, false, 1},
		{"sleeps for longer", []seen{sleeping(0), sleeping(50 * ms), sleeping(101 * ms), sleeping(103 * ms), sleeping(105 * ms)}, true, 1},
		{"and is looked at once behind the deadline: the machine may have stood still since", []seen{sleeping(0), sleeping(2 * ms), sleeping(4 * ms), sleeping(500 * ms)}, false, 1},
		{"is found asleep for the first time when the time is over: it has woken, or the machine stood still", []seen{awake(0, 0), sleeping(200 * ms)}, false, 0},
		{"and still sleeps some looks later", []seen{awake(0, 0), sleeping(200 * ms), sleeping(202 * ms), sleeping(204 * ms)}, true, 1},
		{"wakes in between", []seen{sleeping(0), sleeping(10 * ms), sleeping(20 * ms), awake(150*ms, 0), sleeping(151 * ms), sleeping(152 * ms)}, false, 1},
		{"wants to run and is not let: no CPU time, whatever the time", []seen{awake(0, 5*ms), awake(time.Hour, 5*ms)}, false, 0},
		{"runs for less than its share", []seen{awake(0, 500*ms), awake(90*ms, 510*ms)}, false, 0},
		{"runs for longer: a release takes no such time", []seen{awake(0, 500*ms), awake(90*ms, 530*ms)}, true, 0},
		{"is stopped", []seen{{0, Look{state: stopped}}, {50 * ms, Look{state: stopped}}, {101 * ms, Look{state: stopped}}, {103 * ms, Look{state: stopped}}, {105 * ms, Look{state: stopped}}}, true, 1},
		{"is traced", []seen{{0, Look{state: traced}}, {50 * ms, Look{state: traced}}, {101 * ms, Look{state: traced}}, {103 * ms, Look{state: traced}}, {105 * ms, Look{state: traced}}}, true, 1},
		{"sleeps uninterruptibly", []seen{{0, Look{state: sleepsDeep}}, {50 * ms, Look{state: sleepsDeep}}, {101 * ms, Look{state: sleepsDeep}}, {103 * ms, Look{state: sleepsDeep}}, {105 * ms, Look{state: sleepsDeep}}}, true, 1},
		{"has ended, and nobody has been told yet, for as long as a machine may stand still", []seen{{0, Look{state: zombie}}, {50 * ms, Look{state: zombie}}, {time.Hour, Look{}}}, false, 0},
		{"ends after it has slept for longer, between two looks", []seen{sleeping(0), sleeping(50 * ms), {101 * ms, Look{state: zombie}}, {103 * ms, Look{state: zombie}}}, false, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			settled := 0
			v := vigil{deadline: 100 * ms, settled: func() { settled++ }}
			began := time.Now()
			for i, s := range test.looks {
				got := v.over(s.Look, began.Add(s.after))
				if want := test.hung && i == len(test.looks)-1; got != want {
					t.Errorf("look %d: hung is %v, want %v", i, got, want)
				}
			}
			if settled != test.settled {
				t.Errorf("it settled %d times, want %d", settled, test.settled)
			}
		})
	}
}

// One that sleeps is not looked at until the time is over.
func TestPause(t *testing.T) {
	v := vigil{deadline: 100 * time.Millisecond, settled: func() {}}
	began := time.Now()
	for i, test := range []struct {
		after time.Duration
		state byte
		want  time.Duration
	}{
		{0, 'R', lookEvery}, {2, asleep, lookEvery}, {4, asleep, lookEvery}, {6, asleep, 94*time.Millisecond + 1},
		{101, asleep, lookEvery}, {103, 'R', lookEvery}, {105, asleep, lookEvery},
	} {
		now := began.Add(test.after * time.Millisecond)
		v.over(Look{state: test.state}, now)
		if got := v.pause(now); got != test.want {
			t.Errorf("look %d: the next in %v, want %v", i, got, test.want)
		}
	}
}
