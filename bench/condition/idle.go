package condition

import "fmt"

// Idle is what a CPU does that has nothing to do. It is the second cause of a
// release's latency, after the placement: a CPU that has gone to sleep has to
// wake first.
type Idle string

// The ways to be idle.
const (
	// Natural is what the host does.
	Natural Idle = "natural"
	// Poll keeps every usable CPU from sleeping.
	Poll Idle = "poll"
)

// Idles are all of them, in a fixed order.
func Idles() []Idle { return []Idle{Natural, Poll} }

// ParseIdle returns the way of that name.
func ParseIdle(s string) (Idle, error) {
	for _, i := range Idles() {
		if s == string(i) {
			return i, nil
		}
	}
	return "", fmt.Errorf("idle %q: want %s or %s", s, Natural, Poll)
}

// A Means is how CPUs are kept awake, for the record.
type Means string

// The means.
const (
	// None: nothing is done, for none is asked for.
	None Means = "none"
	// Latency is a request to the kernel that no CPU take any time to wake,
	// /dev/cpu_dma_latency held at 0: an idle CPU then polls, and the wake-up
	// takes no interrupt. pm_qos_interface in the kernel's documentation.
	Latency Means = "cpu_dma_latency"
	// Spinning is a busy process of policy SCHED_IDLE on each CPU, which gives
	// way to whoever is woken there. sched(7).
	Spinning Means = "sched_idle"
)
