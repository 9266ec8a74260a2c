//go:build amd64 || arm64

package handshake

import (
	"runtime"
	"testing"
	"time"
)

// begin begins a session on the thread of this test, which is its own from here on: what
// passes in another, as a subtest does, may have its keeper cloned from a thread that a
// session is not prepared for.
func begin(t *testing.T) *session {
	t.Helper()
	runtime.LockOSThread()
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
			s := begin(t)
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
