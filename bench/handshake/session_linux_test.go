//go:build amd64 || arm64

package handshake

import (
	"testing"
	"time"
)

func begin(t *testing.T) *session {
	t.Helper()
	s, err := open(-1, -1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Every profile goes through all its steps, into a world that is as it should be.
func TestProfilesPass(t *testing.T) {
	for _, p := range All() {
		t.Run(p.Name, func(t *testing.T) {
			s := begin(t) // here, for a session belongs to the thread that has begun it
			for range 3 {
				done, _, err := s.pass(p, Change{Hold: 100 * time.Microsecond}, nil)
				if err != nil {
					t.Fatal(err)
				}
				if err := done.err(); err != nil {
					t.Fatal(err)
				}
				if done.wrong != nil {
					t.Errorf("the payload found: %q", done.wrong)
				}
			}
		})
	}
}
