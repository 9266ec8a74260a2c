package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench"
	"github.com/nsbench/nsbench/bench/result"
)

// A terminal is a pseudo-terminal, and what was written to it.
type terminal struct {
	*os.File // where programs write
	master   *os.File
	written  chan string
}

// openTerminal makes a terminal of so many columns.
func openTerminal(t *testing.T, columns uint16) *terminal {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err) // every Linux that tests run on has them
	}
	t.Cleanup(func() { _ = master.Close() })
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(int(master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: columns})
	}
	if err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprint("/dev/pts/", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{slave, master, make(chan string, 1)}
	go func() {
		text, err := io.ReadAll(master)
		if err != nil && !errors.Is(err, syscall.EIO) { // which is how a terminal ends
			text = append(text, err.Error()...)
		}
		term.written <- string(text)
	}()
	return term
}

// text is what was written to the terminal, once nobody has it open any more.
func (term *terminal) text(t *testing.T) string {
	t.Helper()
	if err := term.Close(); err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(<-term.written, "\r\n", "\n")
}

const anyColour = "\x1b["

// Each stream is judged for itself: what is piped away has no colours, what stays on
// the terminal has.
func TestColoursByStream(t *testing.T) {
	const record = "../../docs/results/quota.jsonl"
	for name, test := range map[string]struct {
		env            []string
		output, errors bool // where they are terminals
		colored        bool // on them
	}{
		"both":          {nil, true, true, true},
		"output":        {nil, true, false, true},
		"errors":        {nil, false, true, true},
		"none":          {nil, false, false, false},
		"dumb":          {[]string{"TERM=dumb"}, true, true, false},
		"TERM empty":    {[]string{"TERM="}, true, true, false},
		"NO_COLOR":      {[]string{"NO_COLOR=0"}, true, true, false},
		"NO_COLOR none": {[]string{"NO_COLOR="}, true, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			for _, stream := range []struct {
				what     string
				args     []string
				terminal bool
				mark     string
			}{
				{"output", []string{"report", record}, test.output, "\x1b[1mpipe-eof\x1b[0m"},
				{"errors", []string{"report", "absent.jsonl"}, test.errors, "\x1b[31mnsbench: error:\x1b[0m open absent.jsonl"},
			} {
				onTerminal, piped := onStreams(t, test.env, test.output, test.errors, stream.args...)
				text := piped
				if stream.terminal {
					text = onTerminal
				}
				if got := strings.Contains(text, stream.mark); got != (test.colored && stream.terminal) {
					t.Errorf("%s: colours: %v\n%s", stream.what, got, text)
				}
				if !test.colored && strings.Contains(text, anyColour) || strings.Contains(piped, anyColour) {
					t.Errorf("%s: a sequence where none is to be", stream.what)
				}
				for line := range strings.SplitSeq(regexp.MustCompile(`\x1b\[\d+m`).ReplaceAllString(onTerminal, ""), "\n") {
					if len([]rune(line)) > 70 && stream.what == "output" {
						t.Errorf("wider than the terminal: %q", line)
					}
				}
			}
		})
	}
}

// onStreams runs nsbench with its output and its errors on terminals or on pipes, and
// returns what came on either.
func onStreams(t *testing.T, env []string, output, failures bool, args ...string) (onTerminal, piped string) {
	t.Helper()
	var out bytes.Buffer
	term := openTerminal(t, 70)
	cmd := exec.Command("nsbench", args...)
	cmd.Env = append(os.Environ(), append([]string{"TERM=xterm", "NO_COLOR=", "COLUMNS=", "LC_ALL=C.UTF-8", "GORACE=atexit_sleep_ms=0"}, env...)...)
	cmd.Stdout, cmd.Stderr = &out, &out
	if output {
		cmd.Stdout = term.File
	}
	if failures {
		cmd.Stderr = term.File
	}
	_ = cmd.Run() // which fails where errors are wanted
	return term.text(t), out.String()
}

// A dumb terminal gets lines, as a pipe does, and no cursor is moved on it.
func TestProgressOnTerminals(t *testing.T) {
	for name, moves := range map[string]bool{"xterm": true, "dumb": false, "": false} {
		t.Setenv("TERM", name)
		term := openTerminal(t, 70)
		p := newProgress(term.File, false, swept(), newAdaptive(swept()))
		p.draw(bench.Progress{Round: 1, Rounds: 3, Block: 3, Blocks: 12, Elapsed: nextRow})
		p.done()
		want := "nsbench: round 1 of 3, block 3 of 12, 15s left\n"
		if moves {
			want = "\rround 1 of 3, block 3 of 12, 15s left\x1b[K\r\x1b[K"
		}
		if got := term.text(t); got != want {
			t.Errorf("TERM=%s: %q, want %q", name, got, want)
		}
	}
}

// A line of progress is drawn over, which one that wraps cannot be.
func TestProgressFitsTheTerminal(t *testing.T) {
	t.Setenv("TERM", "xterm")
	t.Setenv("COLUMNS", "")
	for _, columns := range []uint16{1, 12, 39, 40, 80} {
		term := openTerminal(t, columns)
		p := newProgress(term.File, false, swept(), newAdaptive(swept()))
		p.block(&result.Block{Series: 1, ReleaseNS: []int64{3000}})
		for i := range 3 {
			p.draw(bench.Progress{Round: 1, Rounds: 3, Block: 3, Blocks: 12, Elapsed: time.Duration(i+1) * redraw})
		}
		lines := strings.Split(term.text(t), "\r")
		if len(lines) != 4 {
			t.Errorf("%d columns: %q", columns, lines)
		}
		for _, line := range lines {
			if len(strings.TrimSuffix(line, "\x1b[K")) >= int(columns) {
				t.Errorf("%d columns: %q", columns, line)
			}
		}
	}
}
