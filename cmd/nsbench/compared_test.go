package main

import "testing"

func TestShare(t *testing.T) {
	for text, want := range map[string]float64{
		"2%": 0.02, "0.02": 0.02, "3.1%": 0.031, "0": 0, "0%": 0, ".5%": 0.005, "99.9%": 0.999, "2e-2": 0.02,
	} {
		if got, err := share("threshold", text); err != nil || got != want {
			t.Errorf("share(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "%", "2", "1", "100%", "-1%", "-0.1", "NaN", "NaN%", "Inf", "inf%", "2 %", "2%%", "two", "1e1%"} {
		if got, err := share("threshold", text); exitStatus(err) != statusUsage {
			t.Errorf("share(%q) = %v, %v, want a usage error", text, got, err)
		}
	}
}
