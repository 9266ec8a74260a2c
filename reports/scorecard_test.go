package reports_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

// A madeHost is what a host does, by primitive and fault or set of namespaces, where it
// is not what hosts usually do.
type madeHost struct {
	primitives []string
	cells      map[string]map[string]*result.Behaviour // nil for one that was not run
	spaces     bool
	medians    map[string]int64 // of first releases, none for no series
}

// The cells that hosts are made of.
func all(outcome string) *result.Behaviour { return tried(result.Result{Outcome: outcome}) }

func early() *result.Behaviour {
	return tried(result.Result{Outcome: result.OutcomeReleased, Early: true})
}

func moot() *result.Behaviour {
	return &result.Behaviour{Outcome: result.OutcomeUnavailable, Reason: "there is no descriptor", Moot: true}
}

func unavailable() *result.Behaviour {
	return &result.Behaviour{Outcome: result.OutcomeUnavailable, Reason: "no rights"}
}

// split is a cell in which the last two trials came to something else.
func split(outcome, other string) *result.Behaviour {
	b := all(outcome)
	b.Results[0].N -= 2
	b.Results = append(b.Results, result.Result{Outcome: other, N: 2, Early: other == result.OutcomeReleased && outcome != other})
	return b
}

func counting(n int64) *result.Behaviour {
	b := all(result.OutcomeReleased)
	b.Descriptors = slices.Repeat([]int64{n}, b.Trials)
	return b
}

var (
	leaks  = []string{"own-end-open", "sibling", "leaked-exec", "third-party"}
	deaths = []string{"parent-killed", "parent-exits"}
)

// row lists cells of a primitive, each for the faults whose names are before it.
func row(list ...any) map[string]*result.Behaviour {
	cells := make(map[string]*result.Behaviour)
	for i := 0; i < len(list); i += 2 {
		names, ok := list[i].([]string)
		if !ok {
			names = []string{list[i].(string)}
		}
		for _, name := range names {
			b, _ := list[i+1].(*result.Behaviour)
			cells[name] = b
		}
	}
	return cells
}

// usual is what is so on most hosts.
func usualHost() madeHost {
	return madeHost{
		primitives: []string{"pipe-eof", "pipe-byte", "eventfd", "barrier"},
		spaces:     true,
		medians:    map[string]int64{"pipe-eof": 6000, "pipe-byte": 6200, "eventfd": 5000, "barrier": 7000},
		cells: map[string]map[string]*result.Behaviour{
			"pipe-eof":  row("none", counting(2), deaths, early(), leaks, all(result.OutcomeHung), "leaked-killed", all(result.OutcomeHung), "interrupted-once", all(result.OutcomeFailed)),
			"pipe-byte": row("none", counting(2), deaths, all(result.OutcomeParentGone), "leaked-killed", all(result.OutcomeHung), "two-waiters", all(result.OutcomeHung), "interrupted-once", all(result.OutcomeFailed)),
			"eventfd":   row("none", counting(1), deaths, all(result.OutcomeHung), "leaked-killed", all(result.OutcomeHung), "two-waiters", all(result.OutcomeHung), "interrupted-once", all(result.OutcomeFailed)),
			"barrier":   row("none", counting(4), deaths, all(result.OutcomeParentGone), "leaked-killed", all(result.OutcomeHung), "two-waiters", all(result.OutcomeHung), "interrupted-once", all(result.OutcomeFailed)),
		},
	}
}

// with is the host with other cells of a primitive.
func (h madeHost) with(primitive string, cells map[string]*result.Behaviour) madeHost {
	maps.Copy(h.cells[primitive], cells)
	return h
}

var scoredFaults = []result.Fault{
	{Name: "none", Of: result.OfChild, Sound: onlyReleased, Unsafe: []string{result.OutcomeHung}},
	{Name: "parent-killed", Of: result.OfChild, Sound: []string{result.OutcomeParentGone}, Unsafe: onlyReleased},
	{Name: "parent-exits", Of: result.OfChild, Sound: []string{result.OutcomeParentGone}, Unsafe: onlyReleased},
	{Name: "own-end-open", Of: result.OfChild, Sound: onlyReleased, Unsafe: notReleased},
	{Name: "sibling", Of: result.OfChild, Sound: onlyReleased, Unsafe: notReleased},
	{Name: "leaked-exec", Of: result.OfChild, Sound: onlyReleased, Unsafe: notReleased},
	{Name: "third-party", Of: result.OfChild, Sound: onlyReleased, Unsafe: notReleased},
	{Name: "leaked-killed", Of: result.OfChild, Sound: []string{result.OutcomeParentGone}, Unsafe: onlyReleased},
	{Name: "two-waiters", Of: result.OfChild, Sound: onlyReleased},
	{Name: "interrupted", Of: result.OfChild, Sound: onlyReleased, Unsafe: []string{result.OutcomeHung, result.OutcomeKilled, result.OutcomeParentGone}},
	{Name: "interrupted-once", Of: result.OfChild, Sound: onlyReleased, Unsafe: []string{result.OutcomeHung, result.OutcomeKilled, result.OutcomeParentGone}},
	{Name: "exec", Of: result.OfChild, Sound: onlyReleased, Unsafe: notReleased},
}

var notReleased = []string{result.OutcomeHung, result.OutcomeKilled, result.OutcomeFailed, result.OutcomeParentGone}

// run is what is gathered of the host's record.
func (h madeHost) run(t *testing.T) reports.Run {
	t.Helper()
	return gather(t, encode(t, h.records()...)).Runs[0]
}

func (h madeHost) records() (records []result.Record) {
	if h.medians != nil {
		records = h.series()
	}
	if h.cells != nil {
		head := matrixHead("faults")
		head.Plan.Primitives, head.Plan.Faults = h.primitives, scoredFaults
		for _, primitive := range h.primitives {
			head.Plan.Ideas = append(head.Plan.Ideas, "the idea of "+primitive)
		}
		records = append(records, head)
		for _, primitive := range h.primitives {
			for _, f := range scoredFaults {
				b, said := h.cells[primitive][f.Name]
				if !said {
					b = all(result.OutcomeReleased)
				}
				if b != nil {
					one := *b
					one.Matrix, one.Primitive, one.Family, one.Fault = result.MatrixFaults, primitive, "pipe", f.Name
					records = append(records, &one)
				}
			}
		}
		records = append(records, &result.End{Ended: result.EndedComplete})
	}
	if h.spaces {
		records = append(records, h.isolated()...)
	}
	return records
}

func (h madeHost) isolated() []result.Record {
	head := matrixHead("isolation")
	head.Plan.Primitives, head.Plan.Spaces = h.primitives, madeSpaces
	records := []result.Record{head}
	for _, primitive := range h.primitives {
		for _, s := range madeSpaces {
			b := all(result.OutcomeReleased)
			if said, ok := h.cells[primitive]["in "+s.Name]; ok {
				b = said
			}
			one := *b
			one.Matrix, one.Primitive, one.Family, one.Namespace, one.Way = result.MatrixIsolation, primitive, "pipe", s.Name, result.WayDown
			records = append(records, &one)
		}
	}
	return append(records, &result.End{Ended: result.EndedComplete})
}

// series is a run of them, of a hundred rounds.
func (h madeHost) series() []result.Record {
	head := planned(1, h.primitives...)
	var records []result.Record
	for round := range 100 {
		for i, primitive := range h.primitives {
			took := h.medians[primitive] + int64((round*7+i*3)%40)
			b := one(i, took, took+9, took-9, took+4)
			b.Round, b.Place, b.Stage = round, i, []int64{1, 1, 1, 1}
			for _, column := range []*[]int64{&b.CloneNS, &b.StartupNS, &b.CycleNS} {
				*column = slices.Repeat(*column, len(b.Stage))
			}
			records = append(records, b)
		}
	}
	n := len(records)
	return append(append([]result.Record{head}, records...), end(n, 4*n))
}

// Each rule, by what it judges.
func TestScores(t *testing.T) {
	r, g, hung, failed := result.OutcomeReleased, result.OutcomeParentGone, result.OutcomeHung, result.OutcomeFailed
	tests := []struct {
		name, key string
		cells     map[string]*result.Behaviour // of pipe-eof
		value     string
		judgement reports.Judgement
		reason    string // what is in it
	}{
		{"opens", reports.ScoreDeath, row(deaths, early()), "opens", reports.JudgedBad, "parent-killed and parent-exits: 20 of 20 trials released early"},
		{"opens in one way", reports.ScoreDeath, row("parent-killed", all(g), "parent-exits", early()), "opens", reports.JudgedBad, "parent-killed: 20 of 20 trials parent gone; parent-exits: 20 of 20"},
		{"closed", reports.ScoreDeath, row(deaths, all(g)), "closed", reports.JudgedGood, "20 of 20 trials parent gone"},
		{"hangs", reports.ScoreDeath, row(deaths, all(hung)), "hangs", reports.JudgedNeutral, "20 of 20 trials hung"},
		{"hangs or closes", reports.ScoreDeath, row(deaths, split(g, hung)), "split", reports.JudgedNeutral, "trials do not agree, 18 parent gone, 2 hung of 20"},
		{"opens now and then", reports.ScoreDeath, row(deaths, split(g, r)), "split", reports.JudgedBad, "18 parent gone, 2 released early of 20"},
		{"one death not run", reports.ScoreDeath, row("parent-killed", all(g), "parent-exits", nil), "not measured", reports.JudgedUnknown, "parent-exits: the run ended before it"},
		{"one death not run, the other bad", reports.ScoreDeath, row("parent-killed", early(), "parent-exits", nil), "opens", reports.JudgedBad, "the run ended before it"},
		{"no death possible", reports.ScoreDeath, row(deaths, unavailable()), "unavailable", reports.JudgedUnknown, "unavailable, no rights"},

		{"leak", reports.ScoreLeak, row(leaks, all(hung)), "hangs", reports.JudgedBad, "own-end-open, sibling, leaked-exec and third-party: 20 of 20 trials hung"},
		{"immune", reports.ScoreLeak, row(leaks, all(r)), "immune", reports.JudgedGood, "20 of 20 trials released"},
		{"nothing to leak", reports.ScoreLeak, row(leaks, moot()), "immune", reports.JudgedGood, "nothing that could be done to it, there is no descriptor"},
		{"half of it", reports.ScoreLeak, row(leaks, all(r), "own-end-open", moot()), "immune", reports.JudgedGood, "own-end-open: nothing that could be done"},
		{"a leak for want of rights", reports.ScoreLeak, row(leaks, all(r), "sibling", unavailable()), "unavailable", reports.JudgedUnknown, "sibling: unavailable, no rights"},
		{"a leak now and then", reports.ScoreLeak, row(leaks, all(r), "sibling", split(r, hung)), "split", reports.JudgedBad, "sibling: trials do not agree, 18 released, 2 hung of 20"},

		{"leak and death", reports.ScoreLeakedDeath, row("leaked-killed", all(g)), "closed", reports.JudgedGood, "20 of 20 trials parent gone"},
		{"leak and death, hung", reports.ScoreLeakedDeath, row("leaked-killed", all(hung)), "hangs", reports.JudgedNeutral, "20 of 20 trials hung"},
		{"leak and death, open", reports.ScoreLeakedDeath, row("leaked-killed", early()), "opens", reports.JudgedBad, "released early"},
		{"no leak, and death", reports.ScoreLeakedDeath, row("leaked-killed", moot(), "parent-killed", all(g)), "closed", reports.JudgedGood, "Nothing can leak (there is no descriptor), so as without a leak: parent-killed: 20 of 20"},

		{"without a loop", reports.ScoreInterruption, row("interrupted-once", all(r), "interrupted", all(r)), "yes", reports.JudgedGood, "20 of 20 trials released"},
		{"with a loop", reports.ScoreInterruption, row("interrupted-once", all(failed), "interrupted", all(r)), "loop", reports.JudgedNeutral, "interrupted-once: 20 of 20 trials failed"},
		{"not even then", reports.ScoreInterruption, row("interrupted-once", all(failed), "interrupted", all(failed)), "no", reports.JudgedBad, "20 of 20 trials failed"},
		{"goes on", reports.ScoreInterruption, row("interrupted-once", early(), "interrupted", all(r)), "no", reports.JudgedBad, "released early"},
		{"lost now and then", reports.ScoreInterruption, row("interrupted-once", all(failed), "interrupted", split(r, failed)), "split", reports.JudgedBad, "18 released, 2 failed of 20"},
		{"with a loop, else not run", reports.ScoreInterruption, row("interrupted-once", nil, "interrupted", all(r)), "not measured", reports.JudgedUnknown, "the run ended before it"},

		{"frees all", reports.ScoreFrees, row("two-waiters", all(r)), "all", reports.JudgedGood, "20 of 20 trials released"},
		{"frees one", reports.ScoreFrees, row("two-waiters", all(hung)), "one", reports.JudgedNeutral, "20 of 20 trials hung"},
		{"frees sometimes all", reports.ScoreFrees, row("two-waiters", split(r, hung)), "split", reports.JudgedNeutral, "18 released, 2 hung"},
		{"executes", reports.ScoreExec, row("exec", all(r)), "yes", reports.JudgedGood, "20 of 20 trials released"},
		{"does not execute", reports.ScoreExec, row("exec", all(hung)), "hangs", reports.JudgedBad, "20 of 20 trials hung"},

		{"no descriptor", reports.ScoreDescriptors, row("none", counting(0)), "0", reports.JudgedGood, "20 of 20 trials counted 0 descriptors"},
		{"two descriptors", reports.ScoreDescriptors, row("none", counting(2)), "2", reports.JudgedNeutral, "counted 2 descriptors"},
		{"uncounted", reports.ScoreDescriptors, row("none", all(r)), "not measured", reports.JudgedUnknown, "nsbench faults --out DIR"},

		{"everywhere", reports.ScoreNamespaces, nil, "all", reports.JudgedGood, "in 11 of 11 sets"},
		{"not in ipc", reports.ScoreNamespaces, row("in ipc", all(failed)), "10/11", reports.JudgedBad, "Not in ipc (failed of 20 trials)"},
		{"in ipc now and then", reports.ScoreNamespaces, row("in ipc", split(r, hung)), "10/11", reports.JudgedBad, "Not in ipc (18 released, 2 hung of 20 trials)"},
		{"ipc not to be had", reports.ScoreNamespaces, row("in ipc", unavailable()), "10/11", reports.JudgedNeutral, "Not known of ipc"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, ok := reports.ScorecardOf(usualHost().with("pipe-eof", test.cells).run(t)).Score("pipe-eof", test.key)
			if !ok || s.Value != test.value || s.Judgement != test.judgement || !strings.Contains(s.Reason, test.reason) {
				t.Errorf("%q, %s: %s\nwant %q, %s: %s", s.Value, s.Judgement, s.Reason, test.value, test.judgement, test.reason)
			}
			if wantSplit := strings.Contains(test.reason, "18 "); s.Split != wantSplit {
				t.Errorf("split is %v: %s", s.Split, s.Reason)
			}
		})
	}
}

// The shares of time are to the fastest that blocks, whichever that is.
func TestLatencyScores(t *testing.T) {
	tests := []struct {
		name      string
		medians   map[string]int64
		value     string
		judgement reports.Judgement
	}{
		{"a fifth longer", map[string]int64{"pipe-eof": 6000, "pipe-byte": 6200, "eventfd": 5000, "barrier": 7000}, "1.20", reports.JudgedNeutral},
		{"three times", map[string]int64{"pipe-eof": 15000, "pipe-byte": 6200, "eventfd": 5000, "barrier": 7000}, "2.99", reports.JudgedBad},
		{"the fastest", map[string]int64{"pipe-eof": 4000, "pipe-byte": 6200, "eventfd": 5000, "barrier": 7000}, "1", reports.JudgedGood},
		{"the same", map[string]int64{"pipe-eof": 5002, "pipe-byte": 6200, "eventfd": 5000, "barrier": 7000}, "1", reports.JudgedGood},
		{"none", nil, "not measured", reports.JudgedUnknown},
	}
	for _, test := range tests {
		h := usualHost()
		h.medians = test.medians
		s, _ := reports.ScorecardOf(h.run(t)).Score("pipe-eof", reports.ScoreLatency)
		if strings.TrimRight(s.Value, "0") != strings.TrimRight(test.value, "0") && s.Value != test.value && !strings.HasPrefix(s.Value, "1.0") || s.Judgement != test.judgement {
			t.Errorf("%s: %q, %s (%s), want %q, %s", test.name, s.Value, s.Judgement, s.Reason, test.value, test.judgement)
		}
	}
}

// What a report says follows from its record, whatever that is.
func TestSentencesTurn(t *testing.T) {
	r, g, hung := result.OutcomeReleased, result.OutcomeParentGone, result.OutcomeHung
	tests := []struct {
		name      string
		host      madeHost
		says, not []string
	}{
		{"as usual", usualHost(), []string{
			"a first release by pipe-eof takes 1.2",
			"In favour of pipe-eof: it frees every waiter by one operation, works in every namespace, survives an execve",
			"it takes 2 descriptors and a loop around its wait",
			"Where the parent may die before it releases, pipe-eof is the wrong choice: the child takes that death for its release (parent-killed and parent-exits: 20 of 20 trials released early); the nearest that fails closed is pipe-byte: the idea of pipe-byte; on cross-cpu its release takes 1.0",
			"but it frees one child and no more.",
			"A leaked end holds a release by pipe-eof back (own-end-open, sibling, leaked-exec and third-party: 20 of 20 trials hung); the nearest that is immune is eventfd: the idea of eventfd",
		}, []string{"is not in this record", "Not measured"}},
		{"the child hangs", usualHost().with("pipe-eof", row(deaths, all(hung))),
			[]string{"Where the parent may die before it releases, pipe-eof leaves a child that does not learn of it and waits for ever (parent-killed and parent-exits: 20 of 20 trials hung); the nearest that fails closed is pipe-byte"},
			[]string{"takes that death", "wrong choice"}},
		{"pipe-eof fails closed", usualHost().with("pipe-eof", row(deaths, all(g))),
			[]string{"fails closed when the parent dies"}, []string{"Where the parent may die", "takes that death"}},
		{"now and then", usualHost().with("pipe-eof", row(deaths, split(g, r))),
			[]string{"pipe-eof is the wrong choice: the child then may go on as if it had been released (parent-killed and parent-exits: trials do not agree, 18 parent gone, 2 released early of 20)"}, []string{"takes that death"}},
		{"pipe-byte fails open", usualHost().with("pipe-byte", row(deaths, early())),
			[]string{"the nearest that fails closed is barrier: the idea of barrier"}, []string{"is pipe-byte"}},
		{"pipe-byte splits", usualHost().with("pipe-byte", row(deaths, split(g, hung))),
			[]string{"the nearest that fails closed is barrier"}, []string{"fails closed is pipe-byte"}},
		{"a leak now and then", usualHost().with("pipe-eof", row(leaks, all(r), "sibling", split(r, hung))),
			[]string{"A leaked end can hold a release by pipe-eof back (own-end-open, leaked-exec and third-party: 20 of 20 trials released; sibling: trials do not agree, 18 released, 2 hung of 20)"}, []string{"A leaked end holds"}},
		{"nobody fails closed", usualHost().with("pipe-byte", row(deaths, early())).with("barrier", row(deaths, early())),
			[]string{"no other primitive of this record is known to be one that fails closed"}, nil},
		{"all immune", usualHost().with("pipe-eof", row(leaks, all(r))),
			[]string{"is immune to a leaked end"}, []string{"A leaked end holds", "nearest that is immune"}},
		{"one alternative for both", usualHost().with("eventfd", row(leaks, all(hung))),
			[]string{"pipe-byte is immune here, too."}, []string{"eventfd: the idea"}},
		{"eventfd is not the fastest", func() madeHost {
			h := usualHost()
			h.medians = map[string]int64{"pipe-eof": 4000, "pipe-byte": 6200, "eventfd": 5000, "barrier": 7000}
			return h
		}(), []string{"a first release by pipe-eof takes the least of all, less than by eventfd"}, []string{"1.2 times as long"}},
		{"no faults", madeHost{primitives: usualHost().primitives, medians: usualHost().medians, spaces: true},
			[]string{"works in every namespace", "Not measured of pipe-eof: descriptors, one release frees, survives exec, parent dies, leaked end, leak and death and interrupted; nsbench faults --out DIR finds it out."},
			[]string{"wrong choice", "A leaked end", "immune", "is not in this record"}},
		{"no series, no spaces", func() madeHost {
			h := usualHost()
			h.medians, h.spaces = nil, false
			return h
		}(), []string{"Not measured of pipe-eof: release latency, CPU time and namespaces; nsbench isolation --out DIR and nsbench run --out DIR find it out.", "the nearest that fails closed is pipe-byte"}, []string{"times as long"}},
		{"not in ipc", usualHost().with("pipe-eof", row("in ipc", all(hung))),
			[]string{"Against pipe-eof besides: namespaces (the release arrives in 10 of 11 sets of namespaces. Not in ipc (hung of 20 trials))."}, []string{"works in every"}},
		{"pipe-eof was not tried", func() madeHost {
			h := usualHost()
			h.primitives = h.primitives[1:]
			return h
		}(), nil, []string{"pipe-eof is", "In favour"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Join(reports.Answer(test.host.run(t)), "\n")
			for _, want := range test.says {
				if !strings.Contains(text, want) {
					t.Errorf("does not say %q", want)
				}
			}
			for _, not := range test.not {
				if strings.Contains(text, not) {
					t.Errorf("says %q", not)
				}
			}
			if t.Failed() {
				t.Log(text)
			}
		})
	}
}

// A run without a matrix has no card, and says where to get it.
func TestNoScorecard(t *testing.T) {
	h := madeHost{primitives: usualHost().primitives, medians: usualHost().medians}
	run := h.run(t)
	if reports.ScorecardOf(run) != nil {
		t.Error("there is a card")
	}
	if lines := reports.Answer(run); len(lines) != 2 || !strings.HasSuffix(lines[1], "is not in this record: nsbench faults --out DIR finds it out.") {
		t.Errorf("%q", lines)
	}
}

// A card of a column or two, as of isolation alone, weighs nothing and is left out.
func TestNoScorecardOfLittle(t *testing.T) {
	h := madeHost{primitives: usualHost().primitives, spaces: true}
	run := h.run(t)
	if reports.ScorecardOf(run) != nil {
		t.Error("there is a card")
	}
	if lines := reports.Answer(run); lines != nil {
		t.Errorf("%q", lines)
	}
}

func output(t *testing.T, write func(io.Writer, *reports.Report) error, records []result.Record) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out, gather(t, encode(t, records...))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var (
	cardOfPage = regexp.MustCompile(`(?s)<table class="sheet scorecard">.*?</table>`)
	hrefs      = regexp.MustCompile(`href="#([^"]+)"`)
)

// Every score that comes from somewhere leads there.
func TestScoresLead(t *testing.T) {
	page := string(output(t, reports.HTML, usualHost().records()))
	links := hrefs.FindAllStringSubmatch(cardOfPage.FindString(page), -1)
	if len(links) != 4*10 {
		t.Errorf("%d links, want one for each score", len(links))
	}
	for _, link := range links {
		if !strings.Contains(page, `id="`+link[1]+`"`) {
			t.Errorf("nothing has the ID %s", link[1])
		}
	}
}

func TestScorecardJSON(t *testing.T) {
	var value struct {
		Scorecard []struct {
			Sentences []string
			Columns   []struct{ Key, From string }
			Rows      []struct {
				Primitive string
				Scores    []struct {
					Key, Value, Judgement, Reason string
					Data                          []struct{ Matrix, Fault, Namespace, Series string }
				}
			}
		}
	}
	if err := json.Unmarshal(output(t, reports.JSON, usualHost().records()), &value); err != nil {
		t.Fatal(err)
	}
	if len(value.Scorecard) != 1 || len(value.Scorecard[0].Rows) != 4 || len(value.Scorecard[0].Sentences) != 3 {
		t.Fatalf("%+v", value)
	}
	for _, s := range value.Scorecard[0].Rows[0].Scores {
		got := fmt.Sprint(s.Value, " ", s.Judgement, " ", s.Data)
		want, asked := map[string]string{
			reports.ScoreDeath: "opens bad [{faults parent-killed  }]", reports.ScoreNamespaces: "all good [{isolation  all+tmp }]",
		}[s.Key]
		if asked && got != want {
			t.Errorf("%s: %s, want %s", s.Key, got, want)
		}
	}
}

// Texts of a record do no harm in a card.
func TestHostileScorecard(t *testing.T) {
	h := usualHost()
	h.primitives = append(h.primitives, evil)
	h.cells[evil] = row("none", &result.Behaviour{Outcome: result.OutcomeUnavailable, Reason: evil}, leaks, &result.Behaviour{Outcome: result.OutcomeUnavailable, Reason: evil, Moot: true})
	h.medians[evil] = 5500
	records := h.records()
	for _, rec := range records {
		if head, ok := rec.(*result.Header); ok && len(head.Plan.Ideas) > 0 {
			for i := range head.Plan.Ideas {
				head.Plan.Ideas[i] = evil
			}
		}
	}
	for name, write := range map[string]func(io.Writer, *reports.Report) error{
		"md": reports.Markdown, "html": reports.HTML,
		"table": func(w io.Writer, rep *reports.Report) error {
			return reports.Table(w, rep, reports.TableOptions{Width: 80})
		},
	} {
		if text := string(output(t, write, records)); name == "html" && strings.Contains(text, "<script>alert") || strings.ContainsAny(text, "\x1b\x07\u202e") {
			t.Errorf("%s: has what the record has", name)
		}
	}
}

func TestGoldenOfScorecard(t *testing.T) {
	record := encode(t, usualHost().with("pipe-eof", row("sibling", split(result.OutcomeHung, result.OutcomeReleased), "exec", unavailable())).records()...)
	for _, kind := range []string{"table-100.txt", "table-80.txt", "table-60.txt", "md"} {
		var out bytes.Buffer
		if err := outputs[kind](&out, record); err != nil {
			t.Fatal(err)
		}
		golden(t, "scorecard."+kind, out.Bytes())
	}
}
