package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// The exit statuses, of which scripts may rely on each.
const (
	statusFailed  = 1
	statusUsage   = 2
	statusBeyond  = 3
	statusSkipped = 4
)

// A usageError is a command line that makes no sense.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// usage makes a usage error of an error, unless it is one with its hint already.
func usage(err error) error {
	if _, ok := errors.AsType[usageError](err); ok {
		return err
	}
	return usageError{err}
}

// A skippedError says which primitives were skipped, under --strict.
type skippedError struct{ names []string }

func (e skippedError) Error() string {
	return "skipped under --strict: " + strings.Join(e.names, ", ")
}

// A beyondError says which conditions of --fail-if held, a line each.
type beyondError struct{ lines []string }

func (e beyondError) Error() string { return strings.Join(e.lines, "\n") }

// A commandExit is the exit status of the command that demo ran, to be passed on.
type commandExit int

func (e commandExit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// A hinted error comes with what to do about it.
type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

// withHint adds what to do about an error; nil stays nil, and so does an empty hint.
func withHint(err error, hint string) error {
	if err == nil || hint == "" {
		return err
	}
	return hinted{err, hint}
}

func exitStatus(err error) int {
	var (
		command commandExit
		i       interruption
		beyond  beyondError
		skipped skippedError
		usage   usageError
	)
	switch {
	case err == nil:
		return 0
	case errors.As(err, &command):
		return int(command)
	case errors.As(err, &i):
		return 128 + int(i.signal)
	case errors.As(err, &usage):
		return statusUsage
	case errors.As(err, &beyond):
		return statusBeyond
	case errors.As(err, &skipped):
		return statusSkipped
	}
	return statusFailed
}

// What the lines of an error, of its hint, and of a warning begin with.
const (
	errorPrefix   = "nsbench: error: "
	hintPrefix    = "nsbench: hint: "
	warningPrefix = "nsbench: warning: "
)

// explainError prints an error on one line, and its hint on another. Conditions that
// held are as many errors.
func explainError(stderr io.Writer, err error) {
	var command commandExit
	if err == nil || errors.As(err, &command) {
		return
	}
	lines := []string{err.Error()}
	if beyond, ok := errors.AsType[beyondError](err); ok {
		lines = beyond.lines
	}
	for _, line := range lines {
		tell(stderr, errorPrefix+"%s\n", oneLine(line))
	}
	if h, ok := errors.AsType[hinted](err); ok {
		tell(stderr, hintPrefix+"%s\n", oneLine(h.hint))
	}
}

// tell writes to stderr. If that cannot be written to, there is nobody to tell.
func tell(stderr io.Writer, format string, args ...any) {
	_, _ = io.WriteString(stderr, screenOf(stderr).marked(fmt.Sprintf(format, args...)))
}

// oneLine joins the lines that errors.Join makes, and takes out what a terminal
// would obey: an error may quote a file or its name.
func oneLine(s string) string {
	line := strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }), "; ")
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsPrint(r):
			return r
		}
		return '?'
	}, line)
}
