package program

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// Match holds a program to what strace has seen of it, as it comes from strace
// -ff, one file a process, with strings in full: it returns for each operation
// the lines that it accounts for, and an error unless that is all of them. The
// numbers of descriptors may be others than the program's, one for each name.
//
// So what String prints can be held to what the kernel was asked for.
func (p Program) Match(trace string) (lines []string, err error) {
	lines, err = p.MatchStart(trace)
	if rest := trace[len(strings.Join(lines, "")):]; err == nil && rest != "" {
		err = fmt.Errorf("program: strace saw, behind its end, %s", firstLine(rest))
	}
	return lines, err
}

// MatchStart is Match of a trace that goes on behind the program.
func (p Program) MatchStart(trace string) (lines []string, err error) {
	numbers := map[string]string{}
	for i, op := range p {
		re, err := regexp.Compile("^" + op.traced())
		if err != nil {
			return lines, &OpError{i, op, err}
		}
		found := re.FindStringSubmatch(trace)
		if found == nil {
			return lines, &OpError{i, op, fmt.Errorf("strace saw %s", firstLine(trace))}
		}
		if err := op.sameNumbers(numbers, found[1:]); err != nil {
			return lines, &OpError{i, op, err}
		}
		lines = append(lines, found[0])
		trace = trace[len(found[0]):]
	}
	return lines, nil
}

// sameNumbers refuses two numbers for one name.
func (op Op) sameNumbers(known map[string]string, found []string) error {
	for i, a := range op.filesShown() {
		if was, ok := known[a.text]; ok && was != found[i] {
			return fmt.Errorf("%v is descriptor %s, and was %s", a, found[i], was)
		}
		known[a.text] = found[i]
	}
	return nil
}

// filesShown are the operands that are groups of traced.
func (op Op) filesShown() (files []operand) {
	if !op.calls() {
		return nil
	}
	for _, a := range op.args[:op.call.shown()] {
		if a.kind == operandFile {
			files = append(files, a)
		}
	}
	return files
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	if line == "" {
		return "nothing more"
	}
	return line
}

// traced returns a regular expression for what strace prints when the operation
// runs: its calls, each on a line with its result, and none for an operation
// that makes no call. What is known before it runs stands there as strace has
// it; addresses, and what is behind them, may be anything. The lines are those
// of strace -ff, which writes one file a process, with strings in full.
//
// So what explain prints can be held to what the kernel was asked for.
func (op Op) traced() string {
	if op.kind == kindArm || op.kind == kindResume {
		var b strings.Builder
		for _, simple := range op.expand() {
			b.WriteString(simple.traced())
		}
		return b.String()
	}
	switch op.kind {
	case kindStamp: // no call where the stamp is of the counter
		return `(?:clock_gettime\(CLOCK_MONOTONIC, .*\n)?`
	case kindSleep:
		return `clock_gettime\(CLOCK_MONOTONIC, .*\nclock_nanosleep\(CLOCK_MONOTONIC, TIMER_ABSTIME, .*\n`
	case kindWhile:
		return "(?:" + op.tracedCall() + ` += .*\n` + op.tracedHandler() + ")*"
	case kindEvery:
		again := op.tracedCall() + ` += -1 ` + op.not.Name() + ` .*\nnanosleep\(.*\n`
		return "(?:" + again + ")*" + op.tracedCall() + ` += 0.*\n`
	case kindCall:
		return op.tracedCall() + op.tracedResult() + `\n`
	default:
		return ""
	}
}

// tracedHandler is the way back of the handler that ends a Suspend.
func (op Op) tracedHandler() string {
	if op.call == callSigsuspend {
		return `rt_sigreturn\(.*\n`
	}
	return ""
}

func (op Op) tracedCall() string {
	var args []string
	for _, a := range op.args[:op.call.shown()] {
		args = append(args, a.traced())
	}
	return callTable[op.call].name + `\(` + strings.Join(args, ", ") + `\)`
}

func (op Op) tracedResult() string {
	switch {
	case op.call == callExit || op.call == callExecve:
		return ` += .*`
	case op.wants:
		return fmt.Sprintf(` += %d(?: .*)?`, op.want)
	case op.ignoreFailures:
		return ` += .*`
	}
	return ` += (?:\d+|0x[0-9a-f]+)(?: .*)?`
}

func (a operand) traced() string {
	switch {
	case a.kind == operandFile:
		return `(\d+)`
	case a.kind == operandNumber && symbol(a.text):
		return regexp.QuoteMeta(a.text)
	case a.kind == operandNumber && a.text != "" && unicode.IsLower(rune(a.text[0])):
		return `\d+` // the System V objects of another gate have other numbers
	case a.kind == operandNumber:
		return strconv.FormatInt(a.val, 10)
	case a.kind == operandSignals:
		return regexp.QuoteMeta(a.String())
	case a.kind == operandString:
		return `"(?:[^"\\]|\\.)*"` // the files of another gate have other names
	}
	return `.+`
}

// symbol reports whether a text is one that strace prints too: a constant of
// the C library, and not a name that a gate has for a number.
func symbol(text string) bool {
	return text != "" && text == strings.ToUpper(text) && strings.ContainsAny(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
}
