package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports/plot"
)

// An outcomeWord is how an outcome is written where there is little room: a letter,
// and a word of six at the most.
type outcomeWord struct{ outcome, letter, short, said, means string }

// outcomeEarly is the outcome of a trial that was released before anybody did so, which
// is not to look like one that waited.
const outcomeEarly = "released early"

// outcomeWords are in the order of legends.
var outcomeWords = []outcomeWord{
	{result.OutcomeReleased, "r", "freed", "released", "it went on when it was released; of a parent: its release was carried out"},
	{outcomeEarly, "e", "early", outcomeEarly, "it went on before anybody released it"},
	{result.OutcomeParentGone, "p", "gone", "parent gone", "it noticed that the other side is gone"},
	{result.OutcomeHung, "h", "hung", "hung", "it did not come to its end, and was killed by us"},
	{result.OutcomeKilled, "k", "killed", "killed", "a signal ended it"},
	{result.OutcomeFailed, "f", "failed", "failed", "an operation failed"},
	{result.OutcomeUnavailable, "-", "n/a", "unavailable", "it could not be tried"},
	{"", "?", "-", "not run", "the run ended before it"},
}

func wordOf(outcome string) outcomeWord {
	at := slices.IndexFunc(outcomeWords, func(w outcomeWord) bool { return w.outcome == outcome })
	if at < 0 {
		at = len(outcomeWords) - 1
	}
	return outcomeWords[at]
}

// outcomeOf is that of a trial, told from an early one.
func outcomeOf(r result.Result) string {
	if r.Early && r.Outcome == result.OutcomeReleased {
		return outcomeEarly
	}
	return r.Outcome
}

// A count is how many trials came to an outcome.
type count struct {
	outcomeWord
	n int
}

// counts are the outcomes of a cell, that of the most trials first. A cell without
// trials has one, of none.
func counts(b *result.Behaviour) (all []count) {
	switch {
	case b == nil:
		return []count{{wordOf(""), 0}}
	case len(b.Results) == 0:
		return []count{{wordOf(b.Outcome), 0}}
	}
	for _, r := range b.Results {
		outcome := outcomeOf(r)
		at := slices.IndexFunc(all, func(c count) bool { return c.outcome == outcome })
		if at < 0 {
			at, all = len(all), append(all, count{wordOf(outcome), 0})
		}
		all[at].n += r.N
	}
	slices.SortStableFunc(all, func(a, b count) int { return b.n - a.n })
	return all
}

// classMark says of a class what its colour does, in a character: nothing of one that
// there is nothing to be said of.
func classMark(c Class) string {
	switch c {
	case ClassSound:
		return "+"
	case ClassUnsafe:
		return "!"
	}
	return ""
}

// classMeaning explains the marks.
const classMeaning = "+ sound in each trial, ! dangerous in one trial at least, without a mark neither."

// splitWords are the outcomes of a cell in words: "released", and where its trials do
// not agree "18 hung, 2 released".
func splitWords(b *result.Behaviour) string {
	all := counts(b)
	if len(all) == 1 {
		return all[0].said
	}
	parts := make([]string, len(all))
	for i, c := range all {
		parts[i] = plot.Count(c.n) + " " + c.said
	}
	return joined(parts...)
}

// codeOf is the same in two characters: a letter, in upper case where it is dangerous,
// and the mark of the class, or a star where the trials do not agree.
func codeOf(c MatrixColumn, b *result.Behaviour) string {
	all, class := counts(b), c.ClassOf(b)
	letter, mark := all[0].letter, classMark(class)
	if class == ClassUnsafe {
		letter = strings.ToUpper(letter)
	}
	if len(all) > 1 {
		mark = "*"
	}
	return letter + mark
}

// main is the behaviour by which a place of the matrix is shown: of isolation that of
// the primitive as it stands.
func (m *Matrix) main(primitive string, c MatrixColumn) *result.Behaviour {
	if m.Name == result.MatrixIsolation {
		return m.Way(primitive, c.Name, result.WayDown)
	}
	return m.Cell(primitive, c.Name)
}

// classOf judges a place of the matrix. In isolation a primitive may work in one way
// and not in another, so the place is what its first way is.
func (m *Matrix) classOf(primitive string, c MatrixColumn) Class {
	return c.ClassOf(m.main(primitive, c))
}

// odd tells of a place of isolation that other ways that were tried came to something
// else than the first.
func (m *Matrix) odd(primitive string, c MatrixColumn) bool {
	first := m.main(primitive, c)
	return m.Name == result.MatrixIsolation && slices.ContainsFunc(m.tried(primitive, c.Name), func(b *result.Behaviour) bool {
		return b.Outcome != result.OutcomeUnavailable && (first == nil || b.Outcome != first.Outcome)
	})
}

// wayNames are the ways as columns and rows have them.
var wayNames = map[string]string{
	result.WayDown: "down", result.WayDownNamed: "down by name", result.WayUp: "up", result.WayUpNamed: "up by name",
}

// wayMeaning explains them.
const wayMeaning = "Down: the parent releases the child, by what was made before the clone; by name: by what the child opens by its name after the clone. Up: the child releases the parent."

// title heads a matrix.
func (m *Matrix) title() string {
	if m.Name == result.MatrixIsolation {
		return "Under which namespaces a release arrives"
	}
	return "What becomes of a primitive when something breaks"
}

// taken says when and how a matrix was found.
func (m *Matrix) taken() string {
	h := m.Header
	text := fmt.Sprintf("Found by running, %s a cell: nsbench %s, %s, ", plural(h.Plan.Trials, "trial"), known(h.Version), startOf(h))
	if m.End == nil {
		text += "cut short"
	} else {
		text += word(m.End.Ended)
		if took := m.End.Finished.Sub(h.Started); took > 0 && !m.End.Finished.IsZero() {
			text += " after " + plot.Time(float64(took))
		}
	}
	return text + ". Command: " + orElse(sentence(strings.Join(h.Command, " ")), "not recorded") + "."
}

// remarks are what a reader of a matrix of the run must know of it.
func (m *Matrix) remarks(run Run) []string {
	all := []string{m.taken()}
	if text := m.incomplete(); text != "" {
		all = append(all, text)
	}
	var besides []string
	for _, d := range m.Header.Environment.Disturbances {
		told := slices.ContainsFunc(run.Header.Environment.Disturbances, func(r result.Disturbance) bool { return r.Check == d.Check && r.Status != statusOK })
		if d.Status != statusOK && !told {
			besides = append(besides, word(d.Check))
		}
	}
	if besides != nil {
		all = append(all, "While it was taken the checks of the host found, besides what is told of the run: "+joined(besides...)+".")
	}
	return all
}

// latencyNote says how long releases took under the fault, where a run without it was
// there to be compared with.
func latencyNote(b *result.Behaviour) string {
	under, free := float64(medianOf(b.LatencyNS)), float64(medianOf(b.FreeNS))
	if math.IsNaN(under) || math.IsNaN(free) {
		return ""
	}
	return fmt.Sprintf("median release latency %s, without the fault %s", plot.Time(under), plot.Time(free))
}

// splits lists the places whose trials do not agree, with what they came to, those of a
// column together of which it is the same.
func (m *Matrix) splits() (all []string) {
	for _, c := range m.Columns {
		var order []string
		names := make(map[string][]string)
		for _, primitive := range m.Primitives {
			for _, b := range m.tried(primitive, c.Name) {
				if len(counts(b)) < 2 {
					continue
				}
				text := splitWords(b) + " (" + string(c.ClassOf(b)) + ")"
				if b.Way != "" {
					text = wayNames[b.Way] + " " + text
				}
				if names[text] == nil {
					order = append(order, text)
				}
				names[text] = append(names[text], word(primitive))
			}
		}
		for _, text := range order {
			all = append(all, word(c.Name)+", "+joined(names[text]...)+": "+text)
		}
	}
	return all
}

// reasons lists why places are unavailable, each reason once, with how many they are
// and, where it is all of them, of what: the reason of most places first.
func (m *Matrix) reasons() (all []string) {
	type why struct {
		text                string
		n                   int
		primitives, columns map[string]bool
	}
	var list []*why
	byText := make(map[string]*why)
	for _, primitive := range m.Primitives {
		for _, c := range m.Columns {
			for _, b := range m.tried(primitive, c.Name) {
				if b.Outcome != result.OutcomeUnavailable {
					continue
				}
				text := sentence(b.Reason)
				w := byText[text]
				if w == nil {
					w = &why{text: text, primitives: make(map[string]bool), columns: make(map[string]bool)}
					byText[text], list = w, append(list, w)
				}
				w.n++
				w.primitives[primitive], w.columns[c.Name] = true, true
			}
		}
	}
	slices.SortStableFunc(list, func(a, b *why) int { return b.n - a.n })
	for _, w := range list {
		of := fmt.Sprintf("%s by %s", plural(len(w.primitives), "primitive"), plural(len(w.columns), "column"))
		switch {
		case len(w.primitives) == 1 && len(w.columns) == 1:
			of = word(first(w.primitives)) + " under " + word(first(w.columns))
		case len(w.primitives) == 1:
			of = word(first(w.primitives))
		case len(w.columns) == 1:
			of = plural(len(w.primitives), "primitive") + " under " + word(first(w.columns))
		}
		all = append(all, fmt.Sprintf("%s (%s, %s)", strings.TrimSuffix(w.text, "."), plural(w.n, "cell"), of))
	}
	return all
}

// first is the one key of a set of one.
func first(set map[string]bool) string {
	for name := range set {
		return name
	}
	return ""
}
