package traced

import (
	"fmt"
	"strings"
)

// Markdown is the table of the differences that are known, as the documents have it.
func Markdown() string {
	var b strings.Builder
	b.WriteString("| profile | step | why |\n|---|---|---|\n")
	for _, d := range Known() {
		fmt.Fprintf(&b, "| %s | `%c %s` | %s |\n", d.Profile, d.Mark, d.Step, d.Why)
	}
	return b.String()
}
