package program

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A Witness holds programs to what strace has seen of them. What it learns from
// one program, such as the result that a call has put Into a word, it expects
// in the next.
//
// So what String prints can be held to what the kernel was asked for.
type Witness struct {
	Env   Env    // the other side; a number that is 0 is not known, and is learned
	Board *Board // where words lie; if nil, that is learned

	known map[string]string // what has been learned, as strace prints it
}

// Match is that of a Witness that has seen nothing yet.
func (p Program) Match(trace string) (lines []string, err error) {
	return new(Witness).Match(p, trace)
}

// Match holds a program to a trace as it comes from strace -ff, one file a
// process, with strings in full and without the lines of signals. It returns
// for each operation the lines that it accounts for, and an error unless that
// is all of them.
//
// Numbers, names, payloads and structures have to be those of the program, as
// far as strace prints them. Not known is what a call fills in, what lies in a
// Memory, and the number of an FD that is negative: that is learned.
func (w *Witness) Match(p Program, trace string) (lines []string, err error) {
	lines, err = w.MatchStart(p, trace)
	if rest := trace[len(strings.Join(lines, "")):]; err == nil && rest != "" {
		err = fmt.Errorf("program: strace saw, behind its end, %s", firstLine(rest))
	}
	return lines, err
}

// MatchStart is Match of a trace that goes on behind the program.
func (w *Witness) MatchStart(p Program, trace string) (lines []string, err error) {
	if w.known == nil {
		w.known = map[string]string{}
	}
	for i, op := range p {
		t := tracer{witness: w}
		re, err := regexp.Compile("^" + t.operation(op))
		if err != nil {
			return lines, &OpError{i, op, err}
		}
		found := re.FindStringSubmatch(trace)
		if found == nil {
			return lines, &OpError{i, op, fmt.Errorf("strace saw %s", firstLine(trace))}
		}
		for j, key := range t.learns {
			if found[j+1] != "" {
				w.known[key] = found[j+1]
			}
		}
		if from, ok := w.known[held(op.first[1])]; ok && op.kind == kindMove {
			w.known[held(op.first[0])] = from
		}
		lines = append(lines, found[0])
		trace = trace[len(found[0]):]
	}
	return lines, nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	if line == "" {
		return "nothing more"
	}
	return line
}

// held is the key of what the word of an operand holds.
func held(a operand) string { return fmt.Sprintf("*%d", a.val) }

// A tracer makes the regular expression for what strace prints of one
// operation: its calls, each on a line with its result.
type tracer struct {
	witness *Witness
	learns  []string // the key of each group
}

func (t *tracer) operation(op Op) string {
	switch op.kind {
	case kindArm, kindResume:
		var b strings.Builder
		for _, simple := range op.expand() {
			b.WriteString(t.operation(simple))
		}
		return b.String()
	case kindStamp: // no call where the stamp is of the counter
		return `(?:clock_gettime\(CLOCK_MONOTONIC, .*\n)?`
	case kindBusy:
		return `(?:(?:clock_gettime\(CLOCK_MONOTONIC, |getppid\().*\n)*`
	case kindSleep:
		return `clock_gettime\(CLOCK_MONOTONIC, .*\nclock_nanosleep\(CLOCK_MONOTONIC, TIMER_ABSTIME, .*\n`
	case kindWhile:
		return "(?:" + t.call(op) + ` += .*\n` + handler(op) + ")*"
	case kindEvery:
		again := t.call(op) + ` += -1 ` + op.besides().not.Name() + ` .*\nnanosleep\(` + regexp.QuoteMeta(op.besides().nap.String()) + `, NULL\) += .*\n`
		return "(?:" + again + ")*" + t.call(op) + ` += 0.*\n`
	case kindSpawn: // whose program is another process's, with a trace of its own
		return fmt.Sprintf(`clone3\(\{flags=%s, exit_signal=0, stack=%s, stack_size=%#x, tls=%s\}, %d\)`,
			regexp.QuoteMeta(op.besides().spawn.flagString()), anAddress, spawnStack, anAddress, cloneArgsSize) + t.result(op) + `\n`
	case kindCall:
		return t.interrupted(op) + t.call(op) + t.result(op) + `\n`
	default:
		return ""
	}
}

// handler is the way back of the handler that ends a Suspend.
func handler(op Op) string {
	if op.call == callSigsuspend {
		return `rt_sigreturn\(.*\n`
	}
	return ""
}

// interrupted are the times that a call was made and not done.
func (t *tracer) interrupted(op Op) string {
	if callTable[op.call].eintr != eintrAgain || op.once {
		return ""
	}
	return "(?:" + t.call(op) + ` += (?:\? ERESTART\w+|-1 EINTR) .*\n(?:rt_sigreturn\(.*\n)?)*`
}

func (t *tracer) call(op Op) string {
	var args []string
	for i := range op.call.shown() {
		args = append(args, t.operand(*op.arg(i)))
	}
	rest := ""
	if op.call == callPrctl { // of some options strace leaves out the arguments that are 0
		zero := tracedNumber(number(0))
		for len(args) > 1 && args[len(args)-1] == zero {
			args, rest = args[:len(args)-1], rest+"(?:, 0)?"
		}
	}
	return callTable[op.call].name + `\(` + strings.Join(args, ", ") + rest + `\)`
}

func (t *tracer) result(op Op) string {
	switch {
	case op.call == callExit || op.call == callExecve:
		return ` += .*`
	case op.wants:
		return fmt.Sprintf(` += %d(?: .*)?`, op.want)
	case op.ignoreFailures:
		return ` += .*`
	case op.besides().into.kind != operandNone:
		into := held(op.besides().into)
		delete(t.witness.known, into) // the word holds another result from now on
		return ` += ` + t.learn(into, `\d+|0x[0-9a-f]+`) + `(?: .*)?`
	}
	return ` += (?:\d+|0x[0-9a-f]+)(?: .*)?`
}

// learn is what is known under a key, or a group for it.
func (t *tracer) learn(key, pattern string) string {
	if known, ok := t.witness.known[key]; ok {
		return regexp.QuoteMeta(known)
	}
	t.learns = append(t.learns, key)
	return "(" + pattern + ")"
}

const (
	anAddress   = `0x[0-9a-f]+`
	aString     = `"(?:[^"\\]|\\.)*"`
	filledIn    = `(?:` + aString + `|\{.*\}|\[.*\]|` + anAddress + `)` // by the kernel, or not if the call failed
	anAction    = `\{sa_(?:handler|sigaction)=` + anAddress + `, sa_mask=~?\[[A-Z0-9_ ]*\], sa_flags=`
	theRestorer = `(?:, sa_restorer=` + anAddress + `)?\}` // on amd64
)

func (t *tracer) operand(a operand) string {
	switch a.kind {
	case operandFile:
		if a.val < 0 {
			return t.learn("fd "+a.text, `\d+`)
		}
		return strconv.FormatInt(a.val, 10)
	case operandPeer:
		return t.other("peer", t.witness.Env.Peer)
	case operandPeerFile:
		return t.other("pidfd", t.witness.Env.Pidfd)
	case operandValue:
		return t.learn(held(a), `\d+|`+anAddress)
	case operandWord:
		return t.address(a)
	case operandNumber:
		return tracedNumber(a)
	case operandSignals, operandTime, operandData, operandString:
		return regexp.QuoteMeta(a.String())
	case operandVector: // that of the environment is an address and a count
		return `(?:` + regexp.QuoteMeta(a.String()) + `|` + anAddress + fmt.Sprintf(` /\* %d vars? \*/)`, a.val)
	case operandStruct:
		return t.structure(a)
	case operandNote:
		return anAction + `(?:SA_RESTORER\|)?SA_SIGINFO` + theRestorer
	case operandAction:
		return anAction + `(?:SA_RESTORER|0)` + theRestorer
	}
	return filledIn
}

// other is a number that belongs to the other side.
func (t *tracer) other(key string, number int) string {
	if number != 0 {
		return strconv.Itoa(number)
	}
	return t.learn(key, `\d+`)
}

func (t *tracer) address(a operand) string {
	if b := t.witness.Board; b != nil {
		return fmt.Sprintf("%#x", uintptr(b.at(int(a.val))))
	}
	return t.learn(fmt.Sprintf("&%d", a.val), anAddress)
}

// tracedNumber is a number by its name, where strace has the same one, or in one
// of the forms that strace gives to others.
func tracedNumber(a operand) string {
	forms := []string{strconv.FormatInt(a.val, 10)}
	if a.val > 9 {
		forms = append(forms, fmt.Sprintf("%#x", a.val))
	}
	if symbol(a.text) {
		forms = []string{regexp.QuoteMeta(a.text)}
	}
	return "(?:" + strings.Join(forms, "|") + ")"
}

// structure is the text of one, in whose blanks members stand. The kernel may
// have filled in more of it, which strace puts behind an arrow.
func (t *tracer) structure(a operand) string {
	texts := strings.Split(a.text, blank)
	var b strings.Builder
	b.WriteString(regexp.QuoteMeta(texts[0]))
	for i, m := range a.shownMembers() {
		if i+1 == len(texts) {
			break
		}
		b.WriteString(t.shown(m) + regexp.QuoteMeta(texts[i+1]))
	}
	if text, ok := strings.CutSuffix(b.String(), `\}`); ok {
		return text + `(?: => .*)?\}`
	}
	return b.String()
}

// shown is a member of a structure: of what it points to strace prints the address.
func (t *tracer) shown(a operand) string {
	if a.kind == operandStruct {
		return anAddress
	}
	return t.operand(a)
}

// symbol reports whether a text is one that strace prints too: a constant of
// the C library, and not a name that a gate has for a number.
func symbol(text string) bool {
	return text != "" && text == strings.ToUpper(text) && strings.ContainsAny(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") && text != "~0U"
}
