package reports

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
)

// HandshakeDiagram writes the steps of a profile as a sequence diagram in the language of
// Mermaid (mermaid.js.org), which GitHub draws: a participant for each process, an arrow
// for each release with its primitive, a dotted one for each clone, a note for work, and
// an end for a process that exits. Stages are numbered in their order.
func HandshakeDiagram(w io.Writer, p result.Profile) error {
	var out bytes.Buffer
	out.WriteString("sequenceDiagram\n")
	d := &diagram{out: &out, profile: p, ids: make(map[string]string), gone: make(map[string]bool)}
	born := make(map[string]bool) // by a clone, which creates the participant
	for _, s := range p.Steps {
		if s.Kind == result.StepClones {
			born[s.To] = true
		}
	}
	for i, process := range p.Processes {
		d.ids[process.Name] = fmt.Sprintf("p%d", i+1)
		if !born[process.Name] {
			fmt.Fprintf(&out, "    participant %s as %s\n", d.ids[process.Name], d.participant(process))
		}
	}
	for _, s := range p.Steps {
		d.step(s)
	}
	return emit(w, "diagram of "+word(p.Name), out.Bytes())
}

// A diagram is one under way.
type diagram struct {
	out     *bytes.Buffer
	profile result.Profile
	ids     map[string]string // of processes
	gone    map[string]bool   // those that have exited
	stage   int
}

func (d *diagram) participant(p result.Process) string {
	name := mermaid(p.Name)
	if p.About != "" {
		name += "<br/>" + mermaid(p.About)
	}
	return name
}

func (d *diagram) line(format string, args ...any) {
	fmt.Fprintf(d.out, "    "+format+"\n", args...)
}

func (d *diagram) step(s result.Step) {
	by, to, note := d.ids[s.By], d.ids[s.To], ""
	if s.Note != "" {
		note = "<br/>" + mermaid(s.Note)
	}
	switch s.Kind {
	case result.StepClones:
		for _, process := range d.profile.Processes {
			if process.Name == s.To {
				d.line("create participant %s as %s", to, d.participant(process))
			}
		}
		text := "clone"
		if len(s.Namespaces) > 0 {
			text += " " + mermaid(strings.Join(s.Namespaces, "+"))
		}
		d.line("%s-->>%s: %s%s", by, to, text, note)
	case result.StepDoes:
		over, text := by, mermaid(s.Name)
		if s.To != "" && s.To != s.By {
			text += " of " + mermaid(s.To)
		}
		if len(s.Namespaces) > 0 {
			text += " " + mermaid(strings.Join(s.Namespaces, "+"))
		}
		d.line("Note over %s: %s%s", over, text, note)
	case result.StepReleases:
		d.stage++
		d.line("%s->>%s: %d %s (%s)%s", by, to, d.stage, mermaid(s.Name), orElse(mermaid(s.Primitive), "no primitive"), note)
	case result.StepReaps:
		d.line("Note over %s: reaps %s%s", by, mermaid(s.To), note)
	case result.StepExits:
		d.exit(s, note)
	case result.StepExecutes:
		d.line("Note over %s: executes the payload%s", by, note)
	}
}

// exit ends the line of a process. The language wants a message with it, which goes to
// who is told of the end: its parent, if that is still there.
func (d *diagram) exit(s result.Step, note string) {
	d.gone[s.By] = true
	for _, clone := range d.profile.Steps {
		if clone.Kind == result.StepClones && clone.To == s.By && !d.gone[clone.By] {
			d.line("destroy %s", d.ids[s.By])
			d.line("%s-x%s: exits%s", d.ids[s.By], d.ids[clone.By], note)
			return
		}
	}
	d.line("Note over %s: exits%s", d.ids[s.By], note)
}

// mermaid is a text of a record that is no markup of a diagram: a semicolon ends a
// statement, a hash begins an entity, and what is in angle brackets is a tag.
func mermaid(s string) string { return mermaidMarkup.Replace(sentence(s)) }

var mermaidMarkup = strings.NewReplacer("#", "#35;", ";", "#59;", "<", "#60;", ">", "#62;", "&", "#38;", "\"", "#34;", "%", "#37;", ":", "#58;")
