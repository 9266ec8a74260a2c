package traced

import (
	"fmt"
	"strings"
)

// String is the event in the words of a step: "P>C over socket".
func (e *Event) String() string {
	return item{e.Kind, name(e.By), name(e.To), e.Namespaces.String(), string(e.Over), e.Sibling}.String()
}

func name(p *Process) string {
	if p == nil {
		return ""
	}
	return p.String()
}

// String is the reduction, one event a line, with the lines of the trace at which it
// was begun and, of a release, had.
func (r Reduction) String() string {
	var b strings.Builder
	for _, e := range r.Events {
		at := fmt.Sprint(e.From)
		if e.Till != 0 {
			at += "-" + fmt.Sprint(e.Till)
		}
		text := e.String()
		if e.Kind == Released && e.How != "data" {
			text += " by " + e.How
		}
		fmt.Fprintf(&b, "%-12s %s\n", at, text)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "note: %s\n", n)
	}
	return b.String()
}
