package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// A process that a trial has started as something else begins before what reports are
// made with is initialized: each trial pays for it.
func TestRolesBeginBeforeReports(t *testing.T) {
	c := exec.Command("/proc/self/exe")
	c.Args = []string{"nsbench: janitor of trials"} // of no control group: it ends at once
	c.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	var trace bytes.Buffer
	c.Stderr = &trace
	if err := c.Run(); err != nil {
		t.Fatal(err, trace.String())
	}
	if !strings.Contains(trace.String(), "init github.com/nsbench/nsbench/bench/trial @") {
		t.Fatalf("the trace has no init of trials:\n%s", trace.String())
	}
	for _, late := range []string{"github.com/nsbench/nsbench/reports", "gonum.org/v1/plot"} {
		if strings.Contains(trace.String(), "init "+late+" @") {
			t.Errorf("%s is initialized before the role is taken up", late)
		}
	}
}
