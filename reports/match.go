package reports

import (
	"fmt"
	"slices"
	"strings"
)

// A Key is what makes a series of one run the same as one of another: all that a
// plan can vary, the stage, and the kind. The family is not part of it, which is
// only how primitives are sorted.
type Key struct {
	conditions
	primitive, stage, kind string
}

// KeyOf is the key of a series. Namespaces count as a set, and what a record
// leaves out counts as what it stands for.
func KeyOf(s Series) Key {
	k := Key{conditionsOf(s.Series), s.Primitive, s.Stage, s.Kind}
	k.namespaces = namespacesTyped(k.namespaces)
	return k
}

// String names all that does not go without saying, cleaned for a terminal:
// "pipe-eof, cross-cpu, launcher clone, namespaces uts+ipc, hold 200us, first
// release (cold)".
func (k Key) String() string { return joined(word(k.primitive), k.where()) }

// where is the same without the primitive.
func (k Key) where() string {
	parts := []string{word(k.placement)}
	for _, a := range axes {
		if !a.usually(k.conditions) {
			parts = append(parts, a.says(k.conditions))
		}
	}
	return joined(append(parts, moment(k.kind, k.stage))...)
}

// A Pair is one series, measured twice.
type Pair struct {
	Key      Key
	Old, New Series
}

// A Matching sets the series of two runs side by side. Every series of either is
// in it once.
type Matching struct {
	Pairs            []Pair // in the order of the old run
	OldOnly, NewOnly []Series
}

// Match finds the series of two runs that have the same key. If a run has one key
// several times, which nsbench does not record, the first goes with the first.
func Match(old, now Run) Matching {
	var m Matching
	waiting := make(map[Key][]int) // series of the new run by their keys
	for i, s := range now.Series {
		waiting[KeyOf(s)] = append(waiting[KeyOf(s)], i)
	}
	taken := make([]bool, len(now.Series))
	for _, s := range old.Series {
		key := KeyOf(s)
		if len(waiting[key]) == 0 {
			m.OldOnly = append(m.OldOnly, s)
			continue
		}
		i := waiting[key][0]
		waiting[key], taken[i] = waiting[key][1:], true
		m.Pairs = append(m.Pairs, Pair{key, s, now.Series[i]})
	}
	for i, s := range now.Series {
		if !taken[i] {
			m.NewOnly = append(m.NewOnly, s)
		}
	}
	return m
}

// Apart says what keeps apart the series that are in one run only: each facet of
// which the two runs' have no value in common. It is empty where there is none, as
// where one run has all that the other has.
func (m Matching) Apart() []Difference {
	var all []Difference
	was, is := valuesOf(m.OldOnly), valuesOf(m.NewOnly)
	for i, f := range was {
		common := slices.ContainsFunc(f.Values, func(value string) bool { return slices.Contains(is[i].Values, value) })
		if len(f.Values) > 0 && len(is[i].Values) > 0 && !common {
			all = append(all, Difference{f.Name, strings.Join(f.Values, ", "), strings.Join(is[i].Values, ", ")})
		}
	}
	return all
}

func valuesOf(series []Series) []Facet { return Facets(&Report{Runs: []Run{{Series: series}}}) }

// A Difference is one thing that was not the same in two runs, in words that are
// fit to be shown.
type Difference struct{ Name, Was, Is string }

// String is "kernel: was 6.12.9, is 6.18.2".
func (d Difference) String() string { return fmt.Sprintf("%s: was %s, is %s", d.Name, d.Was, d.Is) }
