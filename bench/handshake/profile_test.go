package handshake

import (
	"slices"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

func TestProfilesCheck(t *testing.T) {
	names := map[string]bool{}
	for _, p := range All() {
		if err := p.Check(); err != nil {
			t.Error(err)
		}
		if names[p.Name] {
			t.Errorf("two profiles are named %s", p.Name)
		}
		names[p.Name] = true
		if got, ok := Named(p.Name); !ok || got.Name != p.Name {
			t.Errorf("Named(%q) = %q, %t", p.Name, got.Name, ok)
		}
	}
	if _, ok := Named("docker"); ok {
		t.Error(`Named("docker") has found one`)
	}
}

// A broken profile is sound with one thing that is wrong.
func TestCheckRefuses(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(p *Profile)
		want string // of the error
	}{
		{"no source", func(p *Profile) { p.Source = "" }, "name, about and source"},
		{"no processes", func(p *Profile) { p.Processes = nil }, "no processes"},
		{"no steps", func(p *Profile) { p.Steps = nil }, "no processes or no steps"},
		{"a name twice", func(p *Profile) { p.Processes[2].Name = "C" }, "two processes are named C"},
		{"no about", func(p *Profile) { p.Processes[1].About = "" }, "no about"},
		{"not in the order of births", func(p *Profile) { p.Processes[1], p.Processes[2] = p.Processes[2], p.Processes[1] }, "order of their births"},
		{"an unknown process", edit("pid", func(s *Step) { s.By = "X" }), `no process "X"`},
		{"an unknown waiter", edit("pid", func(s *Step) { s.To = "X" }), `no process "X"`},
		{"an unknown child", func(p *Profile) { p.Steps[0].To = "X" }, `no process "X"`},
		{"never cloned", cut("clones GC"), "nobody clones GC"},
		{"cloned twice", repeat("clones GC"), "there already"},
		{"acts before its clone", earlier("hostname"), "nobody has cloned GC yet"},
		{"a sibling of the first", func(p *Profile) { p.Steps[0].Sibling = true }, "no parent in the profile"},
		{"acts after its exit", earlier("exits C"), "C has ended"},
		{"waits after its exit", edit("go", func(s *Step) { s.To = "C" }), "C has ended"},
		{"work on the dead", edit("link", func(s *Step) { s.To, s.Work = "C", moveLink("C") }), "C has ended"},
		{"an empty stage", edit("pid", func(s *Step) { s.Name = "" }), "no name"},
		{"a stage twice", repeat("pid"), "two stages pid"},
		{"a stage with itself", edit("pid", func(s *Step) { s.To = s.By }), "waits for itself"},
		{"no primitive", edit("pid", func(s *Step) { s.Primitive = gate.Primitive{} }), "no primitive"},
		{"nobody executes", cut("executes GC"), "nobody executes"},
		{"two execute", func(p *Profile) { p.Steps = append(p.Steps, executes("P")) }, "there is one payload"},
		{"no execute behind its stage", func(p *Profile) {
			p.Steps = slices.Insert(p.Steps, at(p, "executes GC"), does("P", initJob()))
		}, "GC has to execute here"},
		{"reaps who is not its child", edit("reaps C", func(s *Step) { s.By = "GC" }), "not its child"},
		{"reaps who lives", cut("exits C"), "does not exit"},
		{"reaps twice", repeat("reaps C"), "not its child"},
		{"an unknown work", edit("link", func(s *Step) { s.Work.Name = "tea" }), `no work "tea"`},
		{"work on nobody", edit("link", func(s *Step) { s.To, s.Work = "", moveLink("") }), `done to ""`},
		{"work on another that has none", edit("hostname", func(s *Step) { s.To, s.Work.of = "P", "P" }), `done to "P"`},
		{"step and work of different processes", edit("link", func(s *Step) { s.To = "P" }), "the step on"},
		{"unshares nothing", edit("unshare", func(s *Step) { s.Work.Namespaces = 0 }), "of no namespace"},
		{"maps without a user namespace", func(p *Profile) { p.Steps[0].Namespaces = launch.Mnt }, "C is in no user namespace"},
		{"maps twice", repeat("maps"), "without maps"},
		{"IDs before the maps", earlier("ids"), "before there are maps"},
		{"IDs without a user namespace", func(p *Profile) {
			p.Steps[0].Namespaces = launch.Mnt
			cut("maps")(p)
		}, "no new user namespace"},
		{"mounts before the maps", cut("maps"), "before there are maps"},
		{"a kind of its own", func(p *Profile) { p.Steps[0].Kind = 17 }, "kind 17"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := sound()
			tt.edit(&p)
			err := p.Check()
			if err == nil {
				t.Fatal("is not refused")
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v\nwant %q", err, tt.want)
			}
		})
	}
	if err := sound().Check(); err != nil {
		t.Errorf("what they are edits of: %v", err)
	}
}

// sound is a profile with a step of each kind, and nothing wrong.
func sound() Profile {
	return Profile{
		Name: "sound", About: "one of each", Source: "none", // as little as Check takes
		Processes: []Process{{"P", "parent"}, {"C", "child"}, {"GC", "grandchild"}},
		Steps: []Step{
			clones("P", "C", launch.User),
			does("P", writeMaps("C")),
			releases("P", "C", "mapped", gate.PipeByte),
			does("C", setIDs()),
			does("C", unshare(launch.PID|launch.Mnt|launch.UTS|launch.Net)),
			clonesSibling("C", "GC", 0),
			releases("C", "P", "pid", gate.PipeByte),
			exits("C"),
			reaps("P", "C"),
			does("P", moveLink("GC")),
			releases("P", "GC", "go", gate.PipeByte),
			does("GC", mountProc()),
			does("GC", setHostname()),
			releases("GC", "P", "exec", gate.PipeEOF).byExec(),
			executes("GC"),
		},
	}
}

// at finds a step of the profile: by the name of its stage or of its work, or by what
// it is and whom it is of.
func at(p *Profile, name string) int {
	kinds := map[Kind]string{Clones: "clones ", Exits: "exits ", Reaps: "reaps ", Executes: "executes "}
	i := slices.IndexFunc(p.Steps, func(s Step) bool {
		of := s.To
		if of == "" {
			of = s.By
		}
		return s.Name == name || s.Work.Name == name || kinds[s.Kind]+of == name
	})
	if i < 0 {
		panic("no step " + name)
	}
	return i
}

// edit changes a step.
func edit(name string, change func(*Step)) func(*Profile) {
	return func(p *Profile) { change(&p.Steps[at(p, name)]) }
}

// cut leaves a step out.
func cut(name string) func(*Profile) {
	return func(p *Profile) {
		i := at(p, name)
		p.Steps = slices.Delete(p.Steps, i, i+1)
	}
}

// repeat has a step twice.
func repeat(name string) func(*Profile) {
	return func(p *Profile) {
		i := at(p, name)
		p.Steps = slices.Insert(p.Steps, i, p.Steps[i])
	}
}

// earlier puts a step right behind the first.
func earlier(name string) func(*Profile) {
	return func(p *Profile) {
		i := at(p, name)
		s := p.Steps[i]
		p.Steps = slices.Insert(slices.Delete(p.Steps, i, i+1), 1, s)
	}
}
