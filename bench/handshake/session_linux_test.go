//go:build amd64 || arm64

package handshake

import (
	"os"
	"runtime"
	"slices"
	"strings"
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

// ability is what a machine has to be meant to have, where a work must not be refused.
func ability(work string) string {
	if work == workCgroup {
		return "cgroup"
	}
	return "root"
}

// missing ends a test for want of an ability: it is skipped, or it fails where
// NSBENCH_TEST_REQUIRE names the ability.
func missing(t *testing.T, ability string, why any) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("NSBENCH_TEST_REQUIRE"), ","), ability) {
		t.Fatalf("%s is required: %v", ability, why)
	}
	t.Skipf("no %s: %v", ability, why)
}

// Every profile goes through all its steps, into a world that is as it should be.
func TestProfilesPass(t *testing.T) {
	for _, p := range All() {
		t.Run(p.Name, func(t *testing.T) {
			s := begin(t)
			r := runner{session: s}
			if err := r.try(Variant{Profile: p}); err != nil {
				missing(t, "root", err)
			}
			for work, why := range s.refused {
				if slices.Contains(strings.Split(os.Getenv("NSBENCH_TEST_REQUIRE"), ","), ability(work)) {
					t.Errorf("%s is required: %s: %s", ability(work), work, why)
				}
			}
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
