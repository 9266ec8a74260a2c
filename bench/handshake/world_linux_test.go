//go:build amd64 || arm64

package handshake

import (
	"slices"
	"testing"
	"time"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

// everything is a profile whose payload finds each of the facts. X is there to have done
// to it what is meant for C.
func everything() Profile {
	return Profile{
		Name: "everything", About: "each work once", Source: "this test",
		Processes: []Process{{"P", "the parent"}, {"X", "who is in C's place"}, {"C", "the payload"}},
		Steps: []Step{
			clones("P", "X", launch.User|launch.Net|launch.Mnt|launch.UTS|launch.PID),
			clones("P", "C", launch.User|launch.Net|launch.Mnt|launch.UTS|launch.PID),
			does("P", writeMaps("C")),
			does("P", joinCgroup("C")),
			does("P", moveLink("C")),
			does("P", initJob()),
			releases("P", "C", "go", gate.PipeByte),
			releases("P", "X", "go-x", gate.PipeByte),
			does("C", setHostname()),
			does("C", mountProc()),
			does("C", pivotRoot()),
			executes("C"),
		},
	}
}

// A world in which one thing was done to the wrong process, or too late, is wrong in that
// and in nothing else.
func TestOneWrongFact(t *testing.T) {
	to := func(name, process string) func(*Profile) {
		return edit(name, func(s *Step) { s.To, s.Work.of = process, process })
	}
	by := func(name, process string) func(*Profile) { return edit(name, func(s *Step) { s.By = process }) }
	for _, tt := range []struct {
		want fact // empty for none
		work string
		edit func(*Profile)
	}{
		{"", "", func(*Profile) {}},
		// A mount and a directory need an ID that the file system knows.
		{factUser, workMaps, func(p *Profile) { cut(workRoot)(p); to(workMaps, "X")(p) }},
		{factCgroup, workCgroup, to(workCgroup, "X")},
		{factLink, workLink, to(workLink, "X")},
		{factHostname, workHostname, by(workHostname, "X")},
		{factProc, workProc, by(workProc, "P")},
		{factRoot, workRoot, by(workRoot, "P")},
		{factJob, workJob, func(p *Profile) {
			i := at(p, workJob)
			job := p.Steps[i]
			p.Steps = slices.Insert(slices.Delete(p.Steps, i, i+1), at(p, "go-x"), job)
		}},
	} {
		t.Run(tt.work, func(t *testing.T) {
			s := begin(t)
			if why, refused := s.refused[tt.work]; refused {
				missing(t, ability(tt.work), why)
			}
			p := everything()
			tt.edit(&p)
			done, c, err := s.pass(p, Change{Hold: 20 * time.Millisecond}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := done.err(); err != nil {
				t.Fatal(err)
			}
			var want []string
			if tt.want != "" {
				want = []string{string(tt.want)}
			}
			if !c.executed() || !slices.Equal(done.wrong, want) {
				t.Errorf("executed %t, wrong %q, want %q", c.executed(), done.wrong, want)
			}
		})
	}
}
