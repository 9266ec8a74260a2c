//go:build !linux

package gate

import "testing"

// What needs a descriptor cannot be had elsewhere, and that is known.
func TestProbeElsewhere(t *testing.T) {
	for _, p := range All() {
		if p.Descriptors == 0 {
			continue
		}
		if got := p.Probe(nil); got.Available != NotAvailable {
			t.Errorf("%s: %v, %v; want not available", p.Name, got.Available, got.Reason)
		}
	}
}
