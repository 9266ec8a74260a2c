package reports

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports/plot"
)

// A Matrix is what became of primitives under faults, or under namespaces: the
// cells of one section of a record.
type Matrix struct {
	Header result.Header
	End    *result.End // nil if it was cut short

	Name       string // one of the Matrix constants of result
	Primitives []string
	Columns    []MatrixColumn

	families map[string]string
	cells    map[matrixPlace]*result.Behaviour
}

// A MatrixColumn is a fault, or a set of namespaces.
type MatrixColumn struct {
	Name, About string
	Of          string // of a fault: whose outcome its cells tell
	Sound       []string
	Unsafe      []string
}

// A matrixPlace is where a cell stands. Its way is empty but in isolation.
type matrixPlace struct{ primitive, column, way string }

var ways = result.Ways()

// Cell is that of a primitive under a fault, nil where it was not tried.
func (m *Matrix) Cell(primitive, fault string) *result.Behaviour {
	return m.cells[matrixPlace{primitive: primitive, column: fault}]
}

// Way is the cell of a primitive under a set of namespaces, one of the Way
// constants of result; nil where it was not tried.
func (m *Matrix) Way(primitive, space, way string) *result.Behaviour {
	return m.cells[matrixPlace{primitive, space, way}]
}

// Family is that of a primitive, empty where none of its cells was tried.
func (m *Matrix) Family(primitive string) string { return m.families[primitive] }

// A Class is what to think of a cell.
type Class string

// The classes of cells.
const (
	ClassSound       Class = "sound"       // each trial came to what is to be wished for
	ClassNeutral     Class = "neutral"     // none came to what is dangerous
	ClassUnsafe      Class = "unsafe"      // a trial came to what is dangerous
	ClassUnavailable Class = "unavailable" // it could not be tried
	ClassUntried     Class = "not run"     // the run ended before it
)

// ClassOf judges a cell of a column, nil being one that was not run. One dangerous
// trial makes a cell so, however many others there are; and whatever a fault takes
// for sound, to go on before anybody released it is not.
func (c MatrixColumn) ClassOf(b *result.Behaviour) Class {
	switch {
	case b == nil:
		return ClassUntried
	case b.Outcome == result.OutcomeUnavailable:
		return ClassUnavailable
	}
	class := ClassSound
	for _, r := range b.Results {
		switch {
		case r.Early || slices.Contains(c.Unsafe, r.Outcome):
			return ClassUnsafe
		case !slices.Contains(c.Sound, r.Outcome):
			class = ClassNeutral
		}
	}
	return class
}

// Early tells whether a trial of a cell went on before anybody released it.
func Early(b *result.Behaviour) bool {
	return b != nil && slices.ContainsFunc(b.Results, func(r result.Result) bool { return r.Early })
}

// isMatrix tells a plan of a matrix from one of series.
func isMatrix(p result.Plan) bool { return len(p.Faults)+len(p.Spaces) > 0 }

// mostPrimitives and mostColumns are how much of a matrix is shown. There are forty by
// two dozen; a plan of thousands by thousands, of which a record that somebody made up
// need not have a single cell, is a page that nobody could open.
const (
	mostPrimitives = 200
	mostColumns    = 60
)

// clip keeps what is shown, and says what is not.
func (m *Matrix) clip() (problems []string) {
	if n := len(m.Primitives); n > mostPrimitives {
		problems = append(problems, fmt.Sprintf("Shown of the %s: the first %d primitives of %s.", m.noun(), mostPrimitives, plot.Count(n)))
		m.Primitives = m.Primitives[:mostPrimitives:mostPrimitives]
	}
	if n := len(m.Columns); n > mostColumns {
		problems = append(problems, fmt.Sprintf("Shown of the %s: the first %d columns of %s.", m.noun(), mostColumns, plot.Count(n)))
		m.Columns = m.Columns[:mostColumns:mostColumns]
	}
	return problems
}

func newMatrix(h result.Header) *Matrix {
	m := &Matrix{
		Header: h, Name: result.MatrixFaults, Primitives: h.Plan.Primitives,
		families: make(map[string]string), cells: make(map[matrixPlace]*result.Behaviour),
	}
	for _, f := range h.Plan.Faults {
		m.Columns = append(m.Columns, MatrixColumn{f.Name, f.About, f.Of, f.Sound, f.Unsafe})
	}
	for _, s := range h.Plan.Spaces {
		// That a release fails says so to somebody; that nobody ever learns of it does not.
		m.Columns = append(m.Columns, MatrixColumn{
			Name: s.Name, About: s.About, Of: result.OfChild,
			Sound: []string{result.OutcomeReleased}, Unsafe: []string{result.OutcomeHung, result.OutcomeKilled},
		})
		m.Name = result.MatrixIsolation
	}
	return m
}

func (m *Matrix) add(b *result.Behaviour) {
	m.cells[matrixPlace{b.Primitive, cmp.Or(b.Fault, b.Namespace), b.Way}] = b
	m.families[b.Primitive] = b.Family
}

// planned is how many cells the plan has. Isolation tries what there is to be tried,
// which for a primitive without a name is two ways of four.
func (m *Matrix) planned() int { return len(m.Primitives) * len(m.Columns) }

// there is how many of them have been tried, in one way at least.
func (m *Matrix) there() int {
	n := 0
	for _, primitive := range m.Primitives {
		for _, c := range m.Columns {
			if len(m.tried(primitive, c.Name)) > 0 {
				n++
			}
		}
	}
	return n
}

// tried lists the cells of a primitive in a column, of isolation in the order of the ways.
func (m *Matrix) tried(primitive, column string) (all []*result.Behaviour) {
	if b := m.Cell(primitive, column); b != nil {
		return []*result.Behaviour{b}
	}
	for _, way := range ways {
		if b := m.Way(primitive, column, way); b != nil {
			all = append(all, b)
		}
	}
	return all
}

// noun names what the matrix is about.
func (m *Matrix) noun() string { return "matrix of " + m.Name }

// incomplete says of a matrix that has not all of its cells that it has not; empty for
// one that has.
func (m *Matrix) incomplete() string {
	left := m.planned() - m.there()
	has := fmt.Sprintf("it has %s of %s", plot.Count(m.there()), plural(m.planned(), "cell"))
	switch {
	case m.End == nil:
		return fmt.Sprintf("The %s has no end and was cut short: %s.", m.noun(), has)
	case m.End.Ended != result.EndedComplete:
		was := "was " // interrupted
		if m.End.Ended == result.EndedFailed {
			was = ""
		}
		text := fmt.Sprintf("The %s %s%s: %s.", m.noun(), was, word(m.End.Ended), has)
		if m.End.Error != "" {
			text += " Error: " + sentence(m.End.Error) + "."
		}
		return text
	case left > 0:
		return fmt.Sprintf("The %s is said to be complete, but %s.", m.noun(), has)
	}
	return ""
}

// An owner is what tells whether sections of a record are of one host.
type owner struct{ host, kernel string }

func ownerOf(h result.Header) owner { return owner{h.Environment.Host, h.Environment.Kernel} }

// onlyMatrices tells a run that has nothing to do but to hold matrices and handshakes.
func (r Run) onlyMatrices() bool { return isMatrix(r.Header.Plan) || isHandshakes(r.Header.Plan) }

// HasSeries tells a run of series from what holds nothing but matrices.
func (r Run) HasSeries() bool { return !r.onlyMatrices() }

// matrices lists those of a run.
func (r Run) matrices() (all []*Matrix) {
	for _, m := range []*Matrix{r.Faults, r.Isolation} {
		if m != nil {
			all = append(all, m)
		}
	}
	return all
}

// handshakeSheets are the tables of its handshakes and of what breaks them. A terminal has
// brief ones.
func (r Run) handshakeSheets(brief bool) (all []sheet) {
	if r.Handshakes != nil {
		all = append(all, r.Handshakes.sheets()...)
	}
	if r.Breaks != nil {
		all = append(all, r.Breaks.sheets(brief)...)
	}
	return all
}

// Join adds the runs of another report. What there are of matrices without series
// goes to the first run of the same host and kernel, whichever comes first, so that
// one host is told of in one place. It returns what was wrong with that, as sentences,
// which the runs' problems have, too.
func (rep *Report) Join(other *Report) (problems []string) {
	rep.Runs = append(rep.Runs, other.Runs...)
	owners := make(map[owner]int)
	var kept []Run
	for _, run := range rep.Runs {
		at, known := owners[ownerOf(run.Header)]
		switch {
		case !known:
			owners[ownerOf(run.Header)] = len(kept)
			kept = append(kept, run)
		case run.onlyMatrices():
			problems = append(problems, kept[at].take(run)...)
		case kept[at].onlyMatrices():
			before := kept[at]
			kept[at] = run
			problems = append(problems, kept[at].takeBefore(before)...)
		default:
			kept = append(kept, run)
		}
	}
	rep.Runs = kept
	return problems
}

// take takes the matrices of a run that has nothing else. Those of the same name that
// were there go, which is said.
func (r *Run) take(other Run) (problems []string) {
	for _, m := range other.matrices() {
		place := r.matrixNamed(m.Name)
		if old := *place; old != nil {
			problems = append(problems, fmt.Sprintf("The %s of %s was taken again on the same host, and the later one is shown, of %s.",
				m.noun(), startOf(old.Header), startOf(m.Header)))
		}
		*place = m
	}
	if h := other.Handshakes; h != nil {
		if old := r.Handshakes; old != nil {
			problems = append(problems, takenAgain("handshakes", old.Header, h.Header))
		}
		r.Handshakes = h
	}
	if b := other.Breaks; b != nil {
		if old := r.Breaks; old != nil {
			problems = append(problems, takenAgain("breaks", old.Header, b.Header))
		}
		r.Breaks = b
	}
	r.Problems = slices.Concat(r.Problems, other.Problems, problems)
	return problems
}

// takeBefore is take where the other is the earlier: what the run has stays.
func (r *Run) takeBefore(other Run) []string {
	own := Run{Faults: r.Faults, Isolation: r.Isolation, Handshakes: r.Handshakes, Breaks: r.Breaks}
	r.Faults, r.Isolation, r.Handshakes, r.Breaks = other.Faults, other.Isolation, other.Handshakes, other.Breaks
	r.Problems = slices.Concat(other.Problems, r.Problems)
	return r.take(own)
}

// takenAgain says that of two sections of one host the later is shown.
func takenAgain(what string, old, now result.Header) string {
	return fmt.Sprintf("The %s were taken again on the same host, and the later are shown, of %s instead of %s.", what, startOf(now), startOf(old))
}

func (r *Run) matrixNamed(name string) **Matrix {
	if name == result.MatrixFaults {
		return &r.Faults
	}
	return &r.Isolation
}

// startOf is when a section of a record began.
func startOf(h result.Header) string { return h.Started.UTC().Format("2006-01-02 15:04:05") + " UTC" }
