package reports

import (
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

// A shade is how a text is shown on a terminal with colours: the parameters of an
// SGR sequence, empty for as the terminal shows all else. Only the basic colours
// are used, which each terminal has made legible on its own ground, and each says
// what is in words, too.
type shade string

const (
	shadePlain  shade = ""
	shadeStrong shade = "1"
	shadeFaint  shade = "2"
	shadeBad    shade = "31" // slower
	shadeGood   shade = "32" // faster
	shadeDoubt  shade = "33"
)

// ink shows a text, of one line, as it is to look. It writes the sequences itself:
// the library that lays tables out asks the environment whether it may, and a
// report is the same whatever the environment.
func (opt TableOptions) ink(as shade, s string) string {
	if !opt.Color || as == shadePlain || strings.TrimSpace(s) == "" {
		return s
	}
	return "\x1b[" + string(as) + "m" + s + "\x1b[0m"
}

// legible is a report in the characters that the terminal has: without UTF-8, what
// is not ASCII becomes as many "?" as it is columns wide, so that tables hold. All
// that is not ASCII comes from the record.
func (opt TableOptions) legible(report []byte) []byte {
	if !opt.ASCII {
		return report
	}
	var out strings.Builder
	for _, r := range string(report) {
		if r < 0x80 {
			out.WriteRune(r)
		} else {
			out.WriteString(strings.Repeat("?", text.RuneWidth(r)))
		}
	}
	return []byte(out.String())
}
