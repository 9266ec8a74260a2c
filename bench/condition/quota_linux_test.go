//go:build amd64 || arm64

package condition

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nsbench/nsbench/bench/launch"
)

// openGroup makes a group, and looks that Close leaves nothing of it.
func openGroup(t testing.TB, l *launch.Launcher, q Quota) *QuotaGroup {
	t.Helper()
	mustBeRoot(t)
	if _, err := findPlace(); err != nil {
		missing(t, "cgroup", err)
	}
	before := descriptors(t)
	g, err := q.Open(l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(g.dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s after Close: %v, want that it is gone", g.dir, err)
		}
		if after := descriptors(t); !slices.Equal(before, after) {
			t.Errorf("descriptors %v, before %v", after, before)
		}
	})
	return g
}

// A child that would use a whole CPU gets what its quota says: measured over many
// periods, between a quarter and twice as much, for others may want the CPU too.
func TestQuotaHolds(t *testing.T) {
	const quota = 0.2
	l := startLauncher(t)
	g := openGroup(t, l, quota)
	c := busyChild(t, l)
	if err := g.Add(c.PID); err != nil {
		t.Fatal(err)
	}
	before := awaitThrottled(t, g, 0)
	began, had := time.Now(), ran(t, c.PID)
	after := awaitThrottled(t, g, before.Throttled+10)
	share := float64(ran(t, c.PID)-had) / float64(time.Since(began))
	t.Logf("a share of %.3f with a quota of %v; %+v", share, g.quota, after)
	if share < quota/4 || share > quota*2 {
		t.Errorf("a share of %.3f, want about %v", share, quota)
	}
	if after.Periods+1 < after.Throttled || after.Time <= 0 { // a period is counted at its end
		t.Errorf("throttling %+v makes no sense", after)
	}
}

func awaitThrottled(t *testing.T, g *QuotaGroup, n int64) Throttling {
	t.Helper()
	for {
		got, err := g.Throttling()
		if err != nil {
			t.Fatal(err)
		}
		if got.Throttled > n {
			return got
		}
		nap()
	}
}

// A sleeping child that nobody has ended does not keep the group.
func TestQuotaClosedWithAChildInIt(t *testing.T) {
	l := startLauncher(t)
	c := idleChild(t, l)
	g := openGroup(t, l, 0.5)
	if err := g.Add(c.PID); err != nil {
		t.Fatal(err)
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	if c.Ended() {
		t.Error("the child has ended; want that it was moved")
	}
}

func TestQuotaCheckAndTwoGroups(t *testing.T) {
	l := startLauncher(t)
	one, two := openGroup(t, l, 0.2), openGroup(t, l, 1.5)
	if one.dir == two.dir {
		t.Errorf("both groups are %s", one.dir)
	}
	for _, g := range []*QuotaGroup{one, two} {
		if err := g.Check(l, -1); err != nil {
			t.Error(err)
		}
	}
	if err := one.Add(1 << 22); err == nil {
		t.Error("a process that there is not was moved")
	}
}

// Version 2 is as a tree of files; what the kernel makes of them is not there.
func TestUnifiedPlace(t *testing.T) {
	for name, test := range map[string]struct {
		files map[string]string
		home  string
		want  place
		err   string
	}{
		"the root": {
			map[string]string{"cgroup.controllers": "cpu io", "cgroup.subtree_control": ""}, "",
			place{enables: true}, "",
		},
		"the root, enabled": {
			map[string]string{"cgroup.controllers": "cpu io", "cgroup.subtree_control": "io cpu"}, "",
			place{}, "",
		},
		"a scope of systemd": {
			map[string]string{
				"cgroup.subtree_control": "cpu", "s/cgroup.controllers": "cpu", "s/cgroup.type": "domain", "s/cgroup.subtree_control": "",
			}, "s", place{home: "s"}, "",
		},
		"the root of a container": {
			map[string]string{"cgroup.controllers": "cpu", "cgroup.type": "domain", "cgroup.subtree_control": ""}, "",
			place{}, "holds processes",
		},
		"without the controller": {
			map[string]string{"s/cgroup.controllers": "memory cpuset", "s/cgroup.type": "domain"}, "s",
			place{}, "does not have the cpu controller",
		},
	} {
		t.Run(name, func(t *testing.T) {
			root := filepath.Join(t.TempDir(), "root")
			for file, text := range test.files {
				file = filepath.Join(root, file)
				if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(text+"\n"), 0o600)); err != nil {
					t.Fatal(err)
				}
			}
			got, err := unifiedPlace(filepath.Join(root, test.home))
			if test.err != "" {
				if err == nil || !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), test.err) {
					t.Errorf("%v, want %q in it", err, test.err)
				}
				return
			}
			test.want.home, test.want.dir = filepath.Join(root, test.want.home), root
			if err != nil || got != test.want {
				t.Errorf("%+v, %v; want %+v", got, err, test.want)
			}
		})
	}
}

// In version 2 the quota is one line, and the controller is enabled first. The
// files are a directory's, which takes what it is told.
func TestLimitOfVersion2(t *testing.T) {
	dir := t.TempDir()
	p := place{home: dir, dir: dir, enables: true}
	if err := errors.Join(p.enable(), p.limit(dir, 0.25)); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{"cgroup.subtree_control": setting(p.control()), "cpu.max": setting(dir + "/cpu.max")}
	want := map[string]string{"cgroup.subtree_control": "+cpu", "cpu.max": "25000 100000"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The janitor of such a group disables what was enabled.
func TestJanitorDisables(t *testing.T) {
	dir := t.TempDir()
	at := place{home: dir, dir: dir, enables: true}
	if err := os.WriteFile(at.control(), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	group := filepath.Join(dir, "group")
	if err := os.Mkdir(group, 0o700); err != nil {
		t.Fatal(err)
	}
	j, err := hire(startLauncher(t), group, at)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.dismiss(func() error { return nil }); err != nil {
		t.Error(err)
	}
	if got := setting(at.control()); got != "-cpu" {
		t.Errorf("it wrote %q, want -cpu", got)
	}
	if _, err := os.Stat(group); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the group: %v, want that it is gone", err)
	}
}

// A quota above that of the group above is refused, and leaves nothing.
func TestQuotaOpenRefused(t *testing.T) {
	l := startLauncher(t)
	above := openGroup(t, l, 0.2)
	if !above.at.v1 {
		t.Skip("version 2 takes any quota")
	}
	at := above.at
	at.dir = above.dir
	before := descriptors(t)
	g, err := Quota(0.5).open(l, at)
	if g != nil || err == nil || !strings.Contains(err.Error(), "a group above may allow less") {
		t.Errorf("open = %v, %v; want that it is refused", g, err)
	}
	left, err := filepath.Glob(above.dir + "/nsbench-*")
	if err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	if after := descriptors(t); !slices.Equal(before, after) {
		t.Errorf("descriptors %v, before %v", after, before)
	}
}

func BenchmarkQuotaAdd(b *testing.B) {
	l := startLauncher(b)
	g := openGroup(b, l, 0.5)
	for b.Loop() {
		if err := g.Check(l, -1); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkQuotaOpen(b *testing.B) {
	l := startLauncher(b)
	mustBeRoot(b)
	for b.Loop() {
		g, err := Quota(0.5).Open(l)
		if err != nil {
			b.Fatal(err)
		}
		if err := g.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
