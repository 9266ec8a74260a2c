package result

import "testing"

func TestLabel(t *testing.T) {
	tests := []struct {
		series Series
		want   string
	}{
		{Series{Primitive: "pipe-eof"}, "pipe-eof"},
		{Series{Primitive: "pipe-eof", SelfCheck: true}, "pipe-eof (again)"},
		{Series{Primitive: "pipe-eof", DelayNS: 5000}, "pipe-eof +5us"},
		{Series{Primitive: "spin", DelayNS: 1_500_000}, "spin +1.5ms"},
	}
	for _, test := range tests {
		if got := test.series.Label(); got != test.want {
			t.Errorf("Label() = %q, want %q", got, test.want)
		}
	}
}
