package main

import "testing"

func TestDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"run", "run", 0},
		{"", "run", 3},
		{"run", "", 3},
		{"rn", "run", 1},   // a letter left out
		{"ruun", "run", 1}, // one too many
		{"rin", "run", 1},  // a wrong one
		{"rnu", "run", 1},  // two swapped
		{"pip-eof", "pipe-eof", 1},
		{"futex", "eventfd", 6},
	}
	for _, test := range tests {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}

func TestMeant(t *testing.T) {
	valid := []string{"pipe-eof", "pipe-byte", "eventfd", "run", "report"}
	tests := map[string]string{
		"pipe-oef":  "did you mean pipe-eof?",
		"eventdf":   "did you mean eventfd?",
		"rep":       "", // half of it is missing
		"repor":     "did you mean report?",
		"telepathy": "",
	}
	for name, want := range tests {
		if got := meant(name, valid); got != want {
			t.Errorf("meant(%q) = %q, want %q", name, got, want)
		}
	}
}
