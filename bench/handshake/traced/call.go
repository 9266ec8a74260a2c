package traced

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// A call is one system call of a trace, or the end of a thread, whose name then is
// "exited". What strace prints in two lines, because another thread came in between, is
// joined: so at the start of a call it is known what it will have returned.
type call struct {
	tid    int
	name   string
	text   string // what stands behind the name and the bracket, of an unfinished call
	args   []string
	result string // what stands behind "= ", empty of what never returned

	from, to int // the lines of its start and of its end, from 1; to is 0 without an end
}

// A point is the start of a call or its end, of one that is printed in one line both.
type point struct {
	call       *call
	start, end bool
	line       int
}

var (
	linePattern    = regexp.MustCompile(`^(?:(?:\[pid +)?(\d+)\]? +)?(\d+\.\d+) (.*)$`)
	namePattern    = regexp.MustCompile(`^([a-z_0-9]+)\(`)
	resumedPattern = regexp.MustCompile(`^<\.\.\. ([a-z_0-9]+) resumed>`)
	resultPattern  = regexp.MustCompile(`\)\s+= `)
	endPattern     = regexp.MustCompile(`^\+\+\+ (?:exited with|killed by) `)
)

// errNoTrace is of input that has no line of strace.
var errNoTrace = errors.New("traced: no line of strace -f -ttt in it")

// longestLine is far beyond what strace writes, in bytes. Without a bound /dev/zero is one
// line, which takes all memory that there is.
const longestLine = 1 << 20

// A reading is what has been read of a trace so far.
type reading struct {
	points  []point
	pending map[int]*call // of threads: what has not returned
	strange int           // lines that are none of strace's
}

// read reads a trace. It fails with the reader's errors, and where there was no line of
// strace in it; other lines are counted.
func read(r io.Reader) (reading, error) {
	trace := reading{pending: map[int]*call{}}
	in := bufio.NewScanner(r)
	in.Buffer(nil, longestLine)
	number := 1
	for ; in.Scan(); number++ {
		if text := strings.TrimRight(in.Text(), "\r"); text != "" {
			trace.line(number, text)
		}
	}
	if err := in.Err(); err != nil {
		return reading{}, fmt.Errorf("traced: line %d: %w", number, err)
	}
	if len(trace.points) == 0 {
		return reading{}, errNoTrace
	}
	return trace, nil
}

func (t *reading) line(number int, text string) {
	found := linePattern.FindStringSubmatch(text)
	if found == nil {
		t.strange++
		return
	}
	tid, _ := strconv.Atoi(found[1]) // 0 where there was only one process
	body := found[3]
	switch {
	case strings.HasPrefix(body, "---"): // a signal
	case endPattern.MatchString(body):
		t.ended(number, tid)
	case strings.HasPrefix(body, "+++ superseded by execve in pid "):
		// The thread that executes takes the number of the process's first.
		other, _ := strconv.Atoi(strings.Trim(strings.TrimPrefix(body, "+++ superseded by execve in pid "), " +"))
		if c := t.pending[other]; c != nil {
			delete(t.pending, other)
			t.pending[tid] = c
		}
	case resumedPattern.MatchString(body):
		t.resumed(number, tid, body)
	case namePattern.MatchString(body):
		t.called(number, tid, body)
	default:
		t.strange++
	}
}

func (t *reading) ended(number, tid int) {
	delete(t.pending, tid)
	t.points = append(t.points, point{&call{tid: tid, name: "exited", from: number, to: number}, true, true, number})
}

func (t *reading) called(number, tid int, body string) {
	name := namePattern.FindStringSubmatch(body)[1]
	rest := body[len(name)+1:]
	c := &call{tid: tid, name: name, from: number}
	if before, ok := strings.CutSuffix(rest, "<unfinished ...>"); ok {
		c.text, c.args = before, arguments(before)
		t.pending[tid] = c
		t.points = append(t.points, point{c, true, false, number})
		return
	}
	c.finish(rest)
	c.to = number
	t.points = append(t.points, point{c, true, true, number})
}

func (t *reading) resumed(number, tid int, body string) {
	found := resumedPattern.FindStringSubmatch(body)
	c := t.pending[tid]
	if c == nil || c.name != found[1] {
		t.strange++
		return
	}
	delete(t.pending, tid)
	c.finish(c.text + body[len(found[0]):])
	c.to = number
	t.points = append(t.points, point{c, false, true, number})
}

// finish takes "args) = result" apart. The last such place is it: what is written may
// contain the like.
func (c *call) finish(text string) {
	places := resultPattern.FindAllStringIndex(text, -1)
	if len(places) == 0 {
		c.args = arguments(text)
		return
	}
	last := places[len(places)-1]
	c.args, c.result = arguments(text[:last[0]]), text[last[1]:]
}

// arguments splits at the commas that are in no brackets, quotes or descriptor's name.
func arguments(text string) []string {
	var all []string
	depth, start, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{' || c == '(' || c == '<':
			depth++
		case c == '>' && i > 0 && text[i-1] == '-': // 3<UNIX-STREAM:[1->2]>
		case c == ']' || c == '}' || c == ')' || c == '>':
			depth--
		case c == ',' && depth <= 0:
			all = append(all, strings.TrimSpace(text[start:i]))
			start = i + 1
		}
	}
	if last := strings.TrimSpace(text[min(start, len(text)):]); last != "" {
		all = append(all, last)
	}
	return all
}

// arg is an argument, empty where there is none.
func (c *call) arg(i int) string {
	if i < 0 || i >= len(c.args) {
		return ""
	}
	return c.args[i]
}

// has says whether a word such as a flag is in any argument that is no string.
func (c *call) has(word string) bool {
	for _, a := range c.args {
		if !strings.HasPrefix(a, `"`) && strings.Contains(a, word) {
			return true
		}
	}
	return false
}

// returned is the number that the call returned; false of an error, of "?", and of what
// never returned.
func (c *call) returned() (int, bool) {
	n, err := strconv.Atoi(leading(c.result))
	return n, err == nil && n >= 0
}

func leading(text string) string {
	end := strings.IndexFunc(text, func(r rune) bool { return (r < '0' || r > '9') && r != '-' })
	if end < 0 {
		return text
	}
	return text[:end]
}

// translated is the process that a call returned by its number as strace sees it, where
// the caller, in a PID namespace, sees another: "2 /* 26795 in strace's PID NS */".
func translated(text string) (int, bool) {
	if _, behind, ok := strings.Cut(text, "/* "); ok && strings.Contains(behind, "in strace's PID NS") {
		text = behind
	}
	n, err := strconv.Atoi(leading(text))
	return n, err == nil && n > 0
}

// A descriptor is one as -yy prints it: its number and what it is of.
type descriptor struct {
	number int
	name   string
}

// described reads "5<pipe:[123]>"; false where there is no number.
func described(text string) (descriptor, bool) {
	digits := leading(text)
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 {
		return descriptor{}, false
	}
	name := strings.TrimPrefix(text[len(digits):], "<")
	name = strings.TrimSuffix(name, "(deleted)")
	name = strings.TrimSuffix(name, ">")
	return descriptor{n, name}, true
}
