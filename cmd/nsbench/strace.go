package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// A trace is what strace saw of one release.
type trace struct {
	child  string // from behind the prologue to the end
	before string // of the parent's thread, up to the release
	parent string // of it, from the release to the wait for the child's end
}

// underStrace has this very program run one release under strace -ff, which
// writes a file for each process. strace(1).
func underStrace(ctx context.Context, p gate.Primitive, namespaces []string) (t *trace, err error) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		return nil, withHint(fmt.Errorf("explain --strace: %w", err), "install strace, for instance: apt-get install strace")
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("explain --strace: %w", err)
	}
	dir, err := os.MkdirTemp("", "nsbench-")
	if err != nil {
		return nil, fmt.Errorf("explain --strace: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	// The hold is long enough for whoever sleeps and looks again, however slowly.
	cmd := exec.CommandContext(ctx, strace, "-ff", "-qq", "-s", "4096", "-o", filepath.Join(dir, "trace"), self,
		"run", "--primitives", p.Name, "--namespaces", strings.Join(namespaces, ","), "--placement", straced(), "--iterations", "1", "--warmup", "0",
		"--hold", "5ms", "--out", filepath.Join(dir, "run"), "--format", "json")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("explain --strace: nsbench run under strace: %w: %s", err, oneLine(stderr.String()))
	}
	return readTrace(dir)
}

// straced is the placement of a child under strace: on a CPU of its own if there
// is one, so that the parent, which waits for it, does not sleep in between.
func straced() string {
	if cpus, err := bench.UsableCPUs(); err == nil && len(cpus) < 2 {
		return string(bench.SameCPU)
	}
	return string(bench.CrossCPU)
}

// readTrace finds, among the files of strace, that of the child that was
// measured, which came last, and that of the thread that released it.
func readTrace(dir string) (*trace, error) {
	names, err := filepath.Glob(filepath.Join(dir, "trace.*"))
	if err != nil {
		return nil, err
	}
	var t trace
	var last int64
	released := false
	for _, name := range names {
		text, at, err := readFile(name)
		if err != nil {
			return nil, err
		}
		if strings.Count(text, "getrusage(RUSAGE_THREAD") >= 2 && strings.HasPrefix(text, "prctl(PR_SET_PDEATHSIG") && at > last {
			t.child, last = behindPrologue(text), at
		}
		if before, parent, ok := lastRelease(text); ok {
			t.before, t.parent, released = before, parent, true
		}
	}
	if t.child == "" || !released {
		return nil, errors.New("explain --strace: there is no release in what strace wrote")
	}
	return &t, nil
}

// readFile returns the calls in a file of strace, and when it was last written to.
func readFile(name string) (text string, at int64, err error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return "", 0, err
	}
	info, err := os.Stat(name)
	if err != nil {
		return "", 0, err
	}
	var calls strings.Builder
	for line := range strings.Lines(string(b)) {
		if !strings.HasPrefix(line, "--- ") && !strings.HasPrefix(line, "+++ ") { // signals, and the end
			calls.WriteString(line)
		}
	}
	return calls.String(), info.ModTime().UnixNano(), nil
}

// behindPrologue cuts off what the harness has a child do, which ends with its
// signal mask, and the exit.
func behindPrologue(child string) string {
	_, rest, _ := strings.Cut(child, "rt_sigprocmask(SIG_SETMASK")
	_, rest, _ = strings.Cut(rest, "\n")
	before, _, _ := strings.Cut(rest, "exit_group(")
	return before
}

// lastRelease finds the last release of a thread: it stands between the
// question for the CPU and the wait for the end of the child.
func lastRelease(thread string) (before, release string, ok bool) {
	lines := slices.Collect(strings.Lines(thread))
	end := lastLine(lines, len(lines), "waitid(P_PID, ", "WEXITED")
	begin := lastLine(lines, end, "getcpu(", "")
	if end < 0 || begin < 0 {
		return "", "", false
	}
	return strings.Join(lines[:begin], ""), strings.Join(lines[begin+1:end], ""), true
}

// lastLine is the last before end that begins with prefix and holds part, or -1.
func lastLine(lines []string, end int, prefix, part string) int {
	for i := end - 1; i >= 0; i-- {
		if strings.HasPrefix(lines[i], prefix) && strings.Contains(lines[i], part) {
			return i
		}
	}
	return -1
}

// seenSides are the calls of each operation of the sides.
type seenSides struct{ wait, hold, release []string }

// match tells which operation made which call, and whether all of them are
// accounted for.
func (t *trace) match(s sides) (seen seenSides, err error) {
	var errs [3]error
	seen.wait, errs[0] = s.wait.Match(t.child)
	seen.release, errs[1] = s.release.Match(t.parent)
	if s.hold != nil {
		seen.hold, errs[2] = matchEnd(s.hold, t.before)
	}
	return seen, errors.Join(errs[:]...)
}

// matchEnd looks for a program among the calls that a thread made before the
// release: from the last one at which it begins.
func matchEnd(p program.Program, before string) (seen []string, err error) {
	lines := slices.Collect(strings.Lines(before))
	err = errors.New("explain --strace: strace did not see the parent hold the child")
	for i := range slices.Backward(lines) {
		var rest error
		if seen, rest = p.MatchStart(strings.Join(lines[i:], "")); rest == nil {
			return seen, nil
		}
	}
	return nil, err
}
