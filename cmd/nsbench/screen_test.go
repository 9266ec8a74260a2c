package main

import (
	"bytes"
	"testing"
)

// The first variable that is set and not empty says what the locale is.
func TestSpeaksUTF8(t *testing.T) {
	for _, test := range []struct {
		all, ctype, lang string
		want             bool
	}{
		{"", "", "C.UTF-8", true},
		{"", "", "en_US.utf8", true},
		{"", "", "de_DE.UTF-8@euro", true},
		{"", "UTF-8", "", true},
		{"C", "en_US.UTF-8", "en_US.UTF-8", false},
		{"", "POSIX", "en_US.UTF-8", false},
		{"en_US.UTF-8", "C", "C", true},
		{"", "en_US.UTF-8", "C", true},
		{"", "", "en_US", false},
		{"", "", "en_US.ISO-8859-1", false},
		{"", "", "utf8", false},
		{"", "", "", false},
	} {
		env := map[string]string{"LC_ALL": test.all, "LC_CTYPE": test.ctype, "LANG": test.lang}
		if got := speaksUTF8(func(name string) string { return env[name] }); got != test.want {
			t.Errorf("%v: %v", env, got)
		}
	}
}

// What is no terminal has no colours, and its width is that of COLUMNS if that is one.
func TestScreenOfNoTerminal(t *testing.T) {
	t.Setenv("TERM", "xterm")
	for columns, want := range map[string]int{"": 0, "72": 72, "0": 0, "-3": 0, "wide": 0} {
		t.Setenv("COLUMNS", columns)
		s := screenOf(&bytes.Buffer{})
		if s.width != want || s.color || s.moves {
			t.Errorf("COLUMNS=%s: %+v", columns, s)
		}
	}
}

// The head of a line to the user is coloured, and nothing in it is obeyed.
func TestMarked(t *testing.T) {
	for text, want := range map[string]string{
		"nsbench: error: no\n":   "\x1b[31mnsbench: error:\x1b[0m no\n",
		"nsbench: warning: no\n": "\x1b[33mnsbench: warning:\x1b[0m no\n",
		"nsbench: hint: no\n":    "\x1b[36mnsbench: hint:\x1b[0m no\n",
		"nsbench: round 1\n":     "nsbench: round 1\n",
	} {
		if got := (screen{color: true}).marked(text); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if got := (screen{}).marked(text); got != text {
			t.Errorf("%q, want %q", got, text)
		}
	}
	if got, want := oneLine("a\x1b[2J\tb\u202e\u009b\nc"), "a?[2J b??; c"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
