package main

import (
	"cmp"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"github.com/nsbench/nsbench/reports"
)

// A screen is what one stream can show. Each is judged for itself: a table that is
// piped away has no colours, and the warnings that stay on the terminal have them.
type screen struct {
	width int  // in columns; 0 is no limit
	utf8  bool // else ASCII
	color bool // and the text may be marked by SGR sequences
	moves bool // and the line that the cursor is in may be drawn again
}

// screenOf judges a stream. A terminal obeys sequences unless TERM names none or a
// dumb one, as on a Windows that does not, and is not coloured where NO_COLOR is set
// to anything (https://no-color.org). COLUMNS goes before the width that a terminal
// tells of itself, and for what is no terminal, as POSIX has it.
func screenOf(w io.Writer) screen {
	s := screen{utf8: speaksUTF8(os.Getenv)}
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && columns > 0 {
		s.width = columns
	}
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return s
	}
	if columns, _, err := term.GetSize(int(file.Fd())); err == nil && s.width == 0 {
		s.width = columns
	}
	name := os.Getenv("TERM")
	s.moves = name != "" && name != "dumb"
	s.color = s.moves && os.Getenv("NO_COLOR") == ""
	return s
}

// speaksUTF8 reports whether the locale's characters are of UTF-8: by the first of the
// variables that is set and not empty, as POSIX has it. Where none is, the locale is
// that of C, also on systems whose terminals would know better: what is ASCII is
// shown by all of them.
func speaksUTF8(getenv func(string) string) bool {
	locale := cmp.Or(getenv("LC_ALL"), getenv("LC_CTYPE"), getenv("LANG"))
	_, charset, _ := strings.Cut(locale, ".")
	charset, _, _ = strings.Cut(charset, "@")
	charset = strings.ToLower(charset)
	return charset == "utf-8" || charset == "utf8" || locale == "UTF-8" // the last as macOS has LC_CTYPE
}

// options are those of a table on the screen.
func (s screen) options() reports.TableOptions {
	return reports.TableOptions{Width: s.width, ASCII: !s.utf8, Color: s.color}
}

// heads are what the lines to the user begin with, and the colour of each.
var heads = []struct{ prefix, color string }{
	{errorPrefix, "31"},
	{warningPrefix, "33"},
	{hintPrefix, "36"},
}

// marked is a text to the user with its head, if it has one, in that one's colour.
func (s screen) marked(text string) string {
	for _, h := range heads {
		if rest, ok := strings.CutPrefix(text, h.prefix); ok && s.color {
			return "\x1b[" + h.color + "m" + strings.TrimSuffix(h.prefix, " ") + "\x1b[0m " + rest
		}
	}
	return text
}
