package reports

import (
	"fmt"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports/plot"
)

// afterClone heads the column of what is killed before the first stage.
const afterClone = "the clone"

// What stands where nothing is known, and where there is nothing to be known.
const (
	untried = "not run"
	noPart  = "-"
)

// sheets are the tables of what becomes of profiles: one for each with a row for each
// process that is killed, and one of the stages that are dropped. Brief ones do without
// how those ended who noticed.
func (b *Breaks) sheets(brief bool) (all []sheet) {
	for i, p := range b.Profiles {
		if s, ok := b.kills(i, p, brief); ok {
			all = append(all, s)
		}
	}
	if s, ok := b.drops(brief); ok {
		all = append(all, s)
	}
	if len(all) > 0 {
		all[0].notes = append([]string{takenAs("Found by running", b.Header, b.End), verdictMeaning}, all[0].notes...)
		all[0].notes = append(all[0].notes, b.reasons()...)
	}
	return all
}

const verdictMeaning = "open: the payload began in a world that is not what it should be. hangs: somebody waits for ever. closed: the payload did not begin, and nobody waits. whole: the payload began, and nothing was wrong. A process is killed right after the stages that it has a part in; the others are dashes."

// killMoments are after what a process of a profile may be killed: the first clone, and each
// stage.
func killMoments(p result.Profile) []string {
	all := []string{""}
	for _, s := range p.Steps {
		if s.Kind == result.StepReleases {
			all = append(all, s.Name)
		}
	}
	return all
}

// kills is the matrix of a profile: who is killed, by after what.
func (b *Breaks) kills(at int, p result.Profile, brief bool) (sheet, bool) {
	s := sheet{title: profileLabel(p) + ": a process is killed right after a stage", columns: []sheetColumn{{name: "killed", label: true}}}
	moments := killMoments(p)
	for _, stage := range moments {
		s.columns = append(s.columns, sheetColumn{name: orElse(word(stage), afterClone)})
	}
	some := false
	for _, process := range p.Processes {
		row, classes := []string{word(process.Name)}, []string{""}
		tried := false
		for _, stage := range moments {
			one := b.Killed(at, process.Name, stage)
			tried = tried || one != nil
			row, classes = append(row, b.words(one)), append(classes, verdictClass(one))
		}
		if tried {
			some = true
			s.rows, s.classes = append(s.rows, row), append(s.classes, classes)
		}
	}
	if !some {
		return sheet{}, false
	}
	s.notes = append(b.sentences(at, p), b.explained(at, p, brief)...)
	s.drawing = b.heat(s, p)
	return s, true
}

// drops is what becomes of profiles when a stage is left out; brief has those without
// which the world is whole in a note.
func (b *Breaks) drops(brief bool) (sheet, bool) {
	var whole []string // by profile
	s := sheet{
		title: "What becomes of profiles when a stage is left out",
		columns: []sheetColumn{
			{name: "profile", label: true}, {name: "left out", label: true}, {name: "releases", label: true}, {name: "verdict"}, {name: "what was wrong", text: true},
		},
		notes: []string{"Who was to release is late with the work before the stage that is left out. A stage without which the world is whole orders what another stage orders, too, or what nothing that was looked at depends on."},
	}
	for i, p := range b.Profiles {
		var spared []string
		for _, step := range p.Steps {
			one := b.Dropped(i, step.By, step.Name)
			if one == nil || step.Kind != result.StepReleases {
				continue
			}
			if brief && worst(one) == result.VerdictWhole {
				spared = append(spared, word(step.Name))
				continue
			}
			why := strings.Join(resultWords(one), "; ")
			if one.Trials == 0 {
				why = sentence(one.Reason)
			}
			s.rows = append(s.rows, []string{profileLabel(p), word(step.Name), stepWho(step), b.words(one), orElse(why, "nothing")})
			s.classes = append(s.classes, []string{"", "", "", verdictClass(one), ""})
		}
		if spared != nil {
			whole = append(whole, profileLabel(p)+": "+joined(spared...))
		}
	}
	if whole != nil {
		s.notes = append(s.notes, "The world is whole without one of: "+strings.Join(whole, "; ")+".")
	}
	return s, len(s.rows) > 0
}

// reasons lists the profiles of which nothing could be tried.
func (b *Breaks) reasons() (all []string) {
	var some []string
	for _, p := range b.Profiles {
		if p.Unavailable != "" {
			some = append(some, profileLabel(p)+": "+strings.TrimRight(sentence(p.Unavailable), "."))
		}
	}
	if some != nil {
		all = append(all, "Cannot be run here: "+strings.Join(firstOf(some, mostNamed), "; ")+".")
	}
	return all
}

// verdictMarks are what stands before a verdict, so that it is not told by colour alone.
var verdictMarks = map[string]string{result.VerdictOpen: "!", result.VerdictHangs: "?", result.VerdictClosed: "+", result.VerdictWhole: ""}

// words are what a break came to: "!open", and where the trials do not agree
// "!open 4, ?hangs 1".
func (b *Breaks) words(one *result.Break) string {
	switch {
	case one == nil && b.End != nil && b.End.Ended == result.EndedComplete:
		return noPart
	case one == nil:
		return untried
	case one.Trials == 0:
		return "n/a"
	}
	counts := trialsOf(one)
	if len(counts) == 1 {
		return verdictMarks[one.Verdict] + one.Verdict
	}
	var parts []string
	for _, v := range result.Verdicts() {
		if counts[v] > 0 {
			parts = append(parts, verdictMarks[v]+v+" "+plot.Count(counts[v]))
		}
	}
	return joined(parts...)
}

// worst is the worst verdict that a trial of a break came to, empty of none.
func worst(b *result.Break) string {
	if b == nil {
		return ""
	}
	counts := trialsOf(b)
	for _, v := range result.Verdicts() {
		if counts[v] > 0 {
			return v
		}
	}
	return ""
}

// verdictClass is the class of a break in a page, by its worst trial.
func verdictClass(b *result.Break) string {
	switch v := worst(b); {
	case v != "":
		return "verdict-" + v
	case b == nil:
		return "not-run"
	}
	return "unavailable"
}

// resultWords are what the trials of a break met, without their verdicts.
func resultWords(b *result.Break) (all []string) {
	for _, r := range b.Results {
		var parts []string
		if len(r.Wrong) > 0 {
			parts = append(parts, "wrong: "+listedWords(r.Wrong))
		}
		if len(r.Hung) > 0 {
			parts = append(parts, "hung: "+listedWords(r.Hung))
		}
		if len(parts) == 0 && len(r.Ended) > 0 {
			parts = append(parts, "ended: "+listedWords(r.Ended))
		}
		text := strings.Join(parts, ", ")
		if text == "" {
			continue
		}
		if len(b.Results) > 1 {
			text = fmt.Sprintf("%s of %s %s", plot.Count(r.N), plot.Count(b.Trials), text)
		}
		if all = append(all, text); len(all) == mostResults {
			return append(all, "and others")
		}
	}
	return all
}

func listedWords(list []string) string {
	texts := make([]string, len(list))
	for i, text := range list {
		texts[i] = sentence(text)
	}
	return joined(firstOf(texts, mostResults)...)
}

// explained says what was wrong and who hung where, of the cells of a profile that came
// to the same together; brief is of what is open or hangs alone.
func (b *Breaks) explained(at int, p result.Profile, brief bool) (all []string) {
	var order []string
	places := make(map[string][]string)
	for _, process := range p.Processes {
		for _, stage := range killMoments(p) {
			one := b.Killed(at, process.Name, stage)
			if one == nil || brief && worst(one) != result.VerdictOpen && worst(one) != result.VerdictHangs {
				continue
			}
			text := strings.Join(resultWords(one), "; ")
			if one.Trials == 0 {
				text = "not tried: " + strings.TrimRight(sentence(one.Reason), ".")
			}
			if text == "" {
				continue
			}
			if places[text] == nil {
				order = append(order, text)
			}
			places[text] = append(places[text], word(process.Name)+" after "+orElse(word(stage), afterClone))
		}
	}
	for _, text := range order {
		all = append(all, strings.Join(firstOf(places[text], mostPlaces), ", ")+": "+text+".")
	}
	return firstOf(all, mostNotes)
}

// How much is said of the cells of one profile.
const (
	mostPlaces = 8
	mostNotes  = 40
)

// heat draws a matrix of kills.
func (b *Breaks) heat(s sheet, p result.Profile) *drawing {
	h := plot.Heat{Title: s.title, Subtitle: plural(b.Header.Plan.Trials, "trial") + " a cell", Notes: []string{verdictMeaning}}
	for _, c := range s.columns[1:] {
		h.Columns = append(h.Columns, c.name)
	}
	for i, row := range s.rows {
		out := plot.HeatRow{Name: row[0]}
		for k, text := range row[1:] {
			lines := strings.Split(text, ", ")
			out.Cells = append(out.Cells, plot.HeatCell{Tone: toneOfVerdict(s.classes[i][k+1]), Lines: lines, Long: lines})
		}
		h.Rows = append(h.Rows, out)
	}
	return &drawing{
		name: "breaks-of-" + slug(profileLabel(p)), title: s.title, alt: s.title + ": " + strings.Join(s.notes[:min(len(s.notes), 1)], " "),
		draw: func(l look) (*plot.Drawing, error) { h.Host = l.host; return plot.HeatMap(h) },
	}
}

func toneOfVerdict(class string) plot.Tone {
	switch class {
	case "verdict-" + result.VerdictOpen:
		return plot.ToneBad
	case "verdict-" + result.VerdictHangs:
		return plot.ToneDoubt
	case "verdict-" + result.VerdictClosed:
		return plot.ToneGood
	case "verdict-" + result.VerdictWhole:
		return plot.ToneNeutral
	}
	return plot.ToneNone
}

// sentences say in words what becomes of a profile, by rule from its cells.
func (b *Breaks) sentences(at int, p result.Profile) (all []string) {
	of := make(map[string][]string) // places by their worst verdict
	var missing []string            // what was wrong in those that are open
	tried := 0
	for _, process := range p.Processes {
		var after = make(map[string][]string)
		for _, stage := range killMoments(p) {
			one := b.Killed(at, process.Name, stage)
			v := worst(one)
			if v == "" {
				continue
			}
			tried++
			after[v] = append(after[v], orElse(word(stage), afterClone))
			for _, r := range one.Results {
				if r.Verdict == result.VerdictOpen {
					missing = withAll(missing, r.Wrong)
				}
			}
		}
		for v, stages := range after {
			of[v] = append(of[v], word(process.Name)+" is killed after "+joined(firstOf(stages, mostPlaces)...))
		}
	}
	if tried == 0 {
		return nil
	}
	name := profileLabel(p)
	if open := of[result.VerdictOpen]; open != nil {
		all = append(all, "fails open when "+strings.Join(open, " or ")+" (wrong then: "+orElse(listedWords(missing), "not recorded")+")")
	}
	if hangs := of[result.VerdictHangs]; hangs != nil {
		all = append(all, "hangs when "+strings.Join(hangs, " or "))
	}
	if all == nil {
		return []string{fmt.Sprintf("%s never fails open and never hangs, in %s.", name, pluralOf(tried, "place", "places"))}
	}
	for _, v := range []string{result.VerdictOpen, result.VerdictHangs} {
		if of[v] == nil {
			all = append(all, map[string]string{result.VerdictOpen: "never fails open", result.VerdictHangs: "never hangs"}[v])
		}
	}
	return []string{name + " " + strings.Join(all, "; ") + "."}
}
