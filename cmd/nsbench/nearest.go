package main

import (
	"fmt"
	"strings"
)

// unknown says that a name is none of those that there are, and which may be meant.
func unknown(what, name string, valid []string) error {
	msg := fmt.Sprintf("unknown %s %q: there are %s", what, name, strings.Join(valid, ", "))
	return withHint(usagef("%s", msg), meant(name, valid))
}

// meant asks whether the nearest name is what was meant, if one is near.
func meant(name string, valid []string) string {
	best, least := "", len(name)/2+1
	for _, v := range valid {
		if d := distance(name, v); d < least || d == least && strings.HasPrefix(v, name) {
			best, least = v, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %s?", best)
}

// distance is the number of letters to insert, delete or replace to make b of
// a, after Levenshtein.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
