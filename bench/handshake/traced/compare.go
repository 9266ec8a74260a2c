package traced

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/handshake"
)

// A Comparison is a profile and a trace side by side.
type Comparison struct {
	Profile   string
	Processes []Pair
	Rows      []Row
	Notes     []string // what the reduction of the trace left out, and could not tell
}

// A Pair is a process of the profile and the one of the trace that it is taken for: they
// are taken in the order of their births.
type Pair struct{ Role, Process string }

// A Row is one step, of the profile, of the trace, or of both.
type Row struct {
	Mark    Mark
	Profile string
	Trace   string
	Why     string // of a known difference
}

// A Mark is how the two sides of a row are related.
type Mark byte

// The marks.
const (
	Same    Mark = '=' // both have it, at the same place
	Other   Mark = '~' // both have it at the same place, with other namespaces or over another channel
	Missing Mark = '-' // the profile has it, the trace does not, or elsewhere
	Extra   Mark = '+' // the trace has it, the profile does not, or elsewhere
	Aside   Mark = '.' // work that the trace has and the profile leaves out: no difference
)

// Compare reduces a trace and holds the order of it to a profile's. It returns the errors
// of [Reduce]; differences are none.
func Compare(profile handshake.Profile, trace io.Reader) (Comparison, error) {
	r, err := Reduce(trace)
	if err != nil {
		return Comparison{}, err
	}
	c := Comparison{Profile: profile.Name, Notes: r.Notes}
	outside := c.assign(profile, r)
	exits := map[string]bool{}
	for _, s := range profile.Steps {
		exits[s.By] = exits[s.By] || s.Kind == handshake.Exits
	}
	want := merge(cut(nodesOfProfile(profile, outside)))
	got := along(merge(cut(nodesOfTrace(r, exits))), want)
	c.Rows = rows(want, got)
	c.explain(Known())
	return c, nil
}

// assign gives each process of the trace its role, and returns the roles of those that
// nobody in the trace has cloned.
func (c *Comparison) assign(profile handshake.Profile, r Reduction) map[string]bool {
	outside := map[string]bool{}
	for i, p := range r.Processes {
		was := p.String()
		role := fmt.Sprintf("X%d", i-len(profile.Processes)+1)
		if i < len(profile.Processes) {
			role = profile.Processes[i].Name
		}
		p.Name = role
		c.Processes = append(c.Processes, Pair{role, was})
	}
	for _, p := range r.Processes {
		outside[p.Name] = true
	}
	for _, e := range r.Events {
		if e.Kind == Cloned {
			outside[e.To.Name] = false
		}
	}
	for _, p := range profile.Processes[min(len(r.Processes), len(profile.Processes)):] {
		c.Notes = append(c.Notes, "the trace has no process for "+p.Name)
	}
	return outside
}

// An aligned is a step of the profile and one of the trace that are the same one, or one
// of the two; the other is -1.
type aligned struct{ want, got int }

// align finds the longest sequence that the two have in common.
func align(want, got []node) []aligned {
	longest := make([][]int, len(want)+1)
	for i := range longest {
		longest[i] = make([]int, len(got)+1)
	}
	for i := range slices.Backward(want) {
		for j := range slices.Backward(got) {
			longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			if want[i].base() == got[j].base() {
				longest[i][j] = max(longest[i][j], longest[i+1][j+1]+1)
			}
		}
	}
	var all []aligned
	i, j := 0, 0
	for i < len(want) || j < len(got) {
		switch {
		case i < len(want) && j < len(got) && want[i].base() == got[j].base() && longest[i][j] == longest[i+1][j+1]+1:
			all = append(all, aligned{i, j})
			i, j = i+1, j+1
		case j == len(got) || i < len(want) && longest[i+1][j] >= longest[i][j+1]:
			all = append(all, aligned{i, -1})
			i++
		default:
			all = append(all, aligned{-1, j})
			j++
		}
	}
	return all
}

// rows puts the two side by side.
func rows(want, got []node) []Row {
	var all []side
	for _, a := range align(want, got) {
		s := side{}
		if a.want >= 0 {
			s.want = &want[a.want]
		}
		if a.got >= 0 {
			s.got = &got[a.got]
		}
		all = append(all, s)
	}
	return shown(all)
}

// A side is a row of nodes.
type side struct{ want, got *node }

func (a side) mark() Mark {
	switch {
	case a.want == nil && a.got.item.kind.aside():
		return Aside
	case a.want == nil:
		return Extra
	case a.got == nil:
		return Missing
	case a.want.item != a.got.item:
		return Other
	}
	return Same
}

// shown leaves arrivals out that are where they are meant to be, or whose sending is
// missing itself.
func shown(all []side) []Row {
	lost := map[string]int{}
	var rows []Row
	for _, a := range all {
		n, mark := a.got, a.mark()
		if n == nil {
			n = a.want
		}
		key := string(mark) + n.item.String()
		if n.arrival {
			if mark == Same || mark == Other {
				continue
			}
			if lost[key] > 0 {
				lost[key]--
				continue
			}
		} else if mark == Missing || mark == Extra {
			lost[key]++
		}
		rows = append(rows, Row{Mark: mark, Profile: text(a.want), Trace: text(a.got)})
	}
	return rows
}

func text(n *node) string {
	switch {
	case n == nil:
		return ""
	case n.arrival:
		return n.item.to + " has " + n.item.String()
	case n.from != "":
		return n.item.String() + ": " + n.from
	}
	return n.item.String()
}

// explain finds the differences that have been looked into.
func (c *Comparison) explain(known []Difference) {
	used := make([]bool, len(known))
	for i := range c.Rows {
		row := &c.Rows[i]
		if row.Mark == Same || row.Mark == Aside {
			continue
		}
		for k, d := range known {
			if !used[k] && d.Profile == c.Profile && d.Mark == row.Mark && d.Step == row.step() {
				used[k], row.Why = true, d.Why
				break
			}
		}
	}
}

// step is what a known difference names: what the trace has, and where that is nothing,
// what the profile has, without the stage's name.
func (r Row) step() string {
	if r.Trace != "" {
		return r.Trace
	}
	step, _, _ := strings.Cut(r.Profile, ": ")
	return step
}

// Unexplained are the rows in which the two differ, and nobody has looked into why.
func (c Comparison) Unexplained() (rows []Row) {
	for _, r := range c.Rows {
		if r.Mark != Same && r.Mark != Aside && r.Why == "" {
			rows = append(rows, r)
		}
	}
	return rows
}

// Matches says whether every difference is a known one.
func (c Comparison) Matches() bool { return len(c.Unexplained()) == 0 }

// String is the comparison as a list of two columns, and what there is to know about it.
func (c Comparison) String() string {
	var b strings.Builder
	for _, p := range c.Processes {
		fmt.Fprintf(&b, "  %s is %s\n", p.Role, p.Process)
	}
	width := len("profile " + c.Profile)
	for _, r := range c.Rows {
		width = max(width, len(r.Profile))
	}
	fmt.Fprintf(&b, "  %-*s | trace\n", width, "profile "+c.Profile)
	var whys []string
	for _, r := range c.Rows {
		line := fmt.Sprintf("%c %-*s | %s", r.Mark, width, r.Profile, r.Trace)
		if r.Why != "" {
			whys = append(whys, r.Why)
			line = fmt.Sprintf("%s [%d]", strings.TrimRight(line, " "), len(whys))
		}
		fmt.Fprintln(&b, strings.TrimRight(line, " "))
	}
	for i, why := range whys {
		fmt.Fprintf(&b, "[%d] known: %s\n", i+1, why)
	}
	for _, n := range c.Notes {
		fmt.Fprintf(&b, "note: %s\n", n)
	}
	return b.String()
}

// Verdict is the comparison in a line.
func (c Comparison) Verdict() string {
	same, known := 0, 0
	for _, r := range c.Rows {
		switch {
		case r.Mark == Same:
			same++
		case r.Why != "":
			known++
		}
	}
	if n := len(c.Unexplained()); n > 0 {
		return fmt.Sprintf("%s: does not match: %d steps are the same, %d differences are known, %d are not", c.Profile, same, known, n)
	}
	return fmt.Sprintf("%s: matches: %d steps are the same, %d differences are known", c.Profile, same, known)
}
