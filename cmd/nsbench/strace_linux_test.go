package main

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/sync/gate"
)

// Every primitive is held and released under strace, and what both sides call is
// exactly what explain prints: explain itself holds the one to the other, and
// fails where they differ.
func TestStraceSeesWhatExplainPrints(t *testing.T) {
	if ok, err := able("strace"); err != nil {
		t.Fatal(err)
	} else if !ok {
		t.Skip("strace is not installed")
	}
	began := regexp.MustCompile(`(?m)^    prctl\(PR_SET_PDEATHSIG, .*\n        strace: prctl\(PR_SET_PDEATHSIG, SIGKILL`)
	armed := regexp.MustCompile(`(?m)^    arm\(\)\n        strace: getrusage\(RUSAGE_THREAD, .*\n        strace: clock_gettime\(CLOCK_THREAD_CPUTIME_ID, `)
	resumed := regexp.MustCompile(`(?m)^    stamp\(resumed\)\n(        strace: clock_gettime\(CLOCK_MONOTONIC, .*\n)?        strace: clock_gettime\(CLOCK_THREAD_CPUTIME_ID, `)
	for _, p := range gate.All() {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			out, err := exec.Command("nsbench", "explain", p.Name, "--strace", "--namespaces", "none").CombinedOutput()
			if p.Name == gate.Ptrace.Name {
				oneTracer(t, string(out), err)
				return
			}
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if !began.Match(out) || !armed.Match(out) || !resumed.Match(out) {
				t.Errorf("what strace saw is not next to the operations:\n%s", out)
			}
		})
	}
}

// strace is a tracer, and a process has one at the most. What the child of
// ptrace calls is held to its program by a tracer of bench/launch's own.
func oneTracer(t *testing.T, out string, err error) {
	t.Helper()
	refused := regexp.MustCompile(`(?m)^nsbench: error: explain --strace: .*ptrace\(PTRACE_TRACEME\): operation not permitted`)
	if err == nil || !refused.MatchString(out) {
		t.Errorf("%v, want that the kernel refuses a second tracer:\n%s", err, out)
	}
	for _, part := range []string{"\n    ptrace(PTRACE_TRACEME)\n", "\nthe parent dies ", "\nnsbench: hint: a process has one tracer"} {
		if !strings.Contains(out, part) {
			t.Errorf("no %q in it:\n%s", part, out)
		}
	}
}
