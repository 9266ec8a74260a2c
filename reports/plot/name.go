package plot

import (
	"strings"
	"unicode"
)

// Clean makes a string from a record safe to show: a record may come from
// anybody, and a terminal obeys what is printed on it. Control characters, and
// with them escape sequences, marks that turn the direction of writing,
// characters without width and bytes that are not UTF-8 become "?"; a run of
// white space becomes one space. What is longer than limit characters, three
// at least, ends in "...".
func Clean(s string, limit int) string {
	var kept []rune
	for _, r := range s {
		if r = visible(r); r == ' ' && (len(kept) == 0 || kept[len(kept)-1] == ' ') {
			continue
		}
		if kept = append(kept, r); len(kept) > limit {
			return string(kept[:limit-3]) + "..."
		}
	}
	return strings.TrimRight(string(kept), " ")
}

// visible is r, a space for any white space, or "?" for a character that
// cannot be seen or that changes how its neighbours are shown.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case r == unicode.ReplacementChar, !unicode.IsPrint(r), unicode.In(r, unicode.Mn, unicode.Me):
		return '?'
	}
	return r
}
