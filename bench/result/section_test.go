package result

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSections(t *testing.T) {
	const (
		run       = `{"kind":"header","schema":1,"plan":{"series":[]}}`
		faults    = `{"kind":"header","schema":1,"plan":{"series":[],"faults":[{"name":"none"}]}}`
		isolation = `{ "schema": 1, "plan": {"spaces": [{"name": "none"}]}, "kind": "header" }`
		shakes    = `{"kind":"header","schema":1,"plan":{"series":[],"profiles":[{"name":"runc"}]}}`
		none      = `{"kind":"header","schema":1,"plan":{"series":[],"profiles":[{"name":"runc"}],"trials":0}}`
		breaks    = `{"kind":"header","schema":1,"plan":{"series":[],"trials":5,"profiles":[{"name":"runc"}]}}`
		end       = `{"kind":"end"}`
		cell      = `{"kind":"behaviour","fault":"header"}`
	)
	for name, test := range map[string]struct {
		before string
		parts  []string // each a section
		want   []string // the matrix of each
	}{
		"nothing":     {},
		"no record":   {before: "hello\n"},
		"a run":       {parts: []string{run + "\n" + end + "\n"}, want: []string{""}},
		"all":         {parts: []string{run + "\n" + end + "\n", faults + "\n" + cell + "\n" + end + "\n\n", isolation + "\n" + end}, want: []string{"", "faults", "isolation"}},
		"handshakes":  {parts: []string{shakes + "\n" + end + "\n", none + "\n", breaks + "\n" + end}, want: []string{"handshakes", "handshakes", "breaks"}},
		"a mark":      {before: "\ufeff", parts: []string{run + "\n"}, want: []string{""}},
		"torn header": {before: run[:20] + "\n", parts: []string{faults + "\n"}, want: []string{"faults"}},
		"torn line":   {parts: []string{run + "\n" + `{"kind":"blo`, faults + "\n" + cell + "\n"}, want: []string{"", "faults"}},
		"no newline":  {parts: []string{run}, want: []string{""}},
		"torn last":   {parts: []string{run + "\n" + faults[:30]}, want: []string{""}},
		"a new kind":  {parts: []string{run + "\n" + `{"kind":"note","about":"header"}` + "\n"}, want: []string{""}},
	} {
		text := test.before
		var want []Section
		for i, part := range test.parts {
			s := Section{Schema: 1, Matrix: test.want[i], Start: int64(len(text))}
			text += part
			s.End = int64(len(text))
			want = append(want, s)
		}
		got, err := Sections(strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", name, diff)
		}
	}
}

func TestSectionsRefusesNoLog(t *testing.T) {
	endless := strings.NewReader(strings.Repeat("x", MaxLine+1))
	if _, err := Sections(endless); !errors.Is(err, ErrTooLong) {
		t.Errorf("%v", err)
	}
}
