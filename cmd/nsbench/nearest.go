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

// distance is the number of letters to insert, delete or replace, or of
// neighbours to swap, to make b of a: Levenshtein's distance with Damerau's
// swaps, without which "rnu" is as far from "run" as from any word of its length.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			least := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+differ(a[i-1], b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				least = min(least, rows[i-2][j-2]+1)
			}
			rows[i][j] = least
		}
	}
	return rows[len(a)][len(b)]
}

func differ(a, b byte) int {
	if a == b {
		return 0
	}
	return 1
}
