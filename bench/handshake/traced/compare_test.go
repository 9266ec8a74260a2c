package traced

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nsbench/nsbench/bench/handshake"
)

var update = flag.Bool("update", false, "write testdata/*.golden anew")

// runtimes are those of which there is a trace in testdata, recorded by
// scripts/handshake-check on Debian 12 and shortened to the calls that matter.
var runtimes = []string{"runc", "crun", "bubblewrap", "unshare", "nspawn", "lxc", "firejail", "rootlesskit"}

func recorded(t testing.TB, runtime string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", runtime+".trace"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func profile(t testing.TB, name string) handshake.Profile {
	t.Helper()
	p, ok := handshake.Named(name)
	if !ok {
		t.Fatalf("no profile %s", name)
	}
	return p
}

func compared(t testing.TB, name string, trace []byte) Comparison {
	t.Helper()
	c, err := Compare(profile(t, name), bytes.NewReader(trace))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The traces match, and what is printed about them is that.
func TestRecorded(t *testing.T) {
	for _, runtime := range runtimes {
		t.Run(runtime, func(t *testing.T) {
			c := compared(t, runtime, recorded(t, runtime))
			if !c.Matches() {
				t.Errorf("not looked into: %v", c.Unexplained())
			}
			golden(t, runtime, c.String()+c.Verdict()+"\n")
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// No difference is known that nobody sees: what has become the same is to go from the
// list. nspawn has two whose rows come and go with who is faster.
func TestKnownAreSeen(t *testing.T) {
	for _, runtime := range runtimes {
		c := compared(t, runtime, recorded(t, runtime))
		for _, d := range Known() {
			seen := func(r Row) bool { return r.Mark == d.Mark && r.step() == d.Step }
			if d.Profile == runtime && !slices.ContainsFunc(c.Rows, seen) {
				t.Errorf("%s: %c %s: there is no such row", runtime, d.Mark, d.Step)
			}
		}
	}
	for _, d := range Known() {
		if !slices.Contains(runtimes, d.Profile) {
			t.Errorf("%s: no trace of it is recorded", d.Profile)
		}
	}
}

// A profile that leaves a stage out, or has two the other way round, does not match.
func TestDifferencesAreSeen(t *testing.T) {
	for _, runtime := range runtimes {
		trace := recorded(t, runtime)
		p := profile(t, runtime)
		before := len(compared(t, runtime, trace).differences())
		for i, s := range p.Steps {
			if s.Kind != handshake.Releases || alike(p, i) {
				continue
			}
			without := p
			without.Steps = slices.Delete(slices.Clone(p.Steps), i, i+1)
			c, err := Compare(without, bytes.NewReader(trace))
			if err != nil {
				t.Fatal(err)
			}
			if len(c.differences()) == before && !missingAlready(compared(t, runtime, trace), s) {
				t.Errorf("%s without %s: no more differences than with it", runtime, s.Name)
			}
		}
	}
}

// alike says whether a stage is merged with one before or behind it.
func alike(p handshake.Profile, i int) bool {
	s := p.Steps[i]
	for _, o := range p.Stages() {
		if o.Name != s.Name && o.By == s.By && o.To == s.To {
			return true // which of the two is missing, the alignment cannot tell
		}
	}
	return false
}

func missingAlready(c Comparison, s handshake.Step) bool {
	return slices.ContainsFunc(c.Rows, func(r Row) bool {
		return r.Mark != Same && strings.HasPrefix(r.Profile, s.By+">"+s.To)
	})
}

func (c Comparison) differences() (rows []Row) {
	for _, r := range c.Rows {
		if r.Mark != Same && r.Mark != Aside {
			rows = append(rows, r)
		}
	}
	return rows
}

// A trace of one runtime is none of another.
func TestOfAnother(t *testing.T) {
	for _, test := range []struct{ profile, trace string }{
		{"crun", "runc"}, {"runc", "crun"}, {"unshare", "bubblewrap"}, {"bubblewrap", "unshare"}, {"lxc", "firejail"}, {"seed", "runc"},
	} {
		if compared(t, test.profile, recorded(t, test.trace)).Matches() {
			t.Errorf("a trace of %s matches %s", test.trace, test.profile)
		}
	}
}

// Every work of profiles is either seen in traces or known not to be.
func TestWorksHaveKinds(t *testing.T) {
	for _, work := range handshake.Works() {
		if _, ok := kinds[work]; !ok {
			t.Errorf("work %q: not in kinds", work)
		}
	}
	if len(kinds) != len(handshake.Works()) {
		t.Errorf("kinds has %d works, and there are %d", len(kinds), len(handshake.Works()))
	}
}
