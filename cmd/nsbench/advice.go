package main

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/nsbench/nsbench/bench"
	"github.com/nsbench/nsbench/bench/host"
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/trial"
)

// explainRun adds to the error of a run, of trials, or of the demo, what the user can
// do about it.
func explainRun(err error) error {
	var clone *launch.CloneError
	var enclose *trial.EncloseError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, bench.ErrOneCPU):
		return withHint(err, "--placement same-cpu")
	case errors.Is(err, fs.ErrNotExist) && strings.Contains(err.Error(), "/proc"):
		return withHint(err, "mount -t proc proc /proc")
	case errors.Is(err, bench.ErrProcesses):
		return withHint(err, "raise the limit (ulimit -u, pids.max of the control group, kernel.pid_max), or lower --children")
	case errors.As(err, &clone):
		return withHint(err, cloneAdvice(clone))
	case errors.As(err, &enclose):
		return withHint(err, cloneAdvice(enclose))
	case errors.Is(err, bench.ErrFiles):
		return withHint(err, "raise the limit (ulimit -n), or lower --stages or --children")
	case errors.Is(err, syscall.ENOSPC):
		return withHint(err, spaceAdvice(err))
	}
	return err
}

// spaceAdvice tells a full disk from a limit, for which the kernel has the same
// number: no call without a path writes to a disk.
func spaceAdvice(err error) string {
	if call, ok := errors.AsType[*os.SyscallError](err); ok && errors.Is(call, syscall.ENOSPC) {
		return "a limit of this host is reached, and no disk is full: raise it, or remove what others have left"
	}
	if at, ok := errors.AsType[*fs.PathError](err); ok && at.Op != "write" {
		return "free some space, or set TMPDIR to a directory where there is some"
	}
	return "free some space, or choose another --out; what was measured before is kept"
}

// cloneAdvice says which setting of this host forbids a clone, as far as the
// checks of doctor can tell.
func cloneAdvice(e error) string {
	relevant := map[string]bool{"userns": true, "seccomp": true, "caps": true, "kernel": true}
	var advice []string
	for _, c := range host.This().Checks() {
		missing := c.Check != "caps" || strings.Contains(c.Found, "CAP_SYS_ADMIN") // the others forbid no clone
		if !relevant[c.Check] || c.Status == host.StatusOK || !missing {
			continue
		}
		text := c.Check + ": " + c.Found
		if c.Fix != "" {
			text += " (" + c.Fix + ")"
		}
		advice = append(advice, text)
	}
	if errors.Is(e, syscall.ENOSPC) {
		advice = append(advice, "a limit on namespaces is reached: sysctl user | grep max_, namespaces(7)")
	}
	if errors.Is(e, syscall.EMFILE) {
		advice = append(advice, "more descriptors are needed: ulimit -n 1024")
	}
	if len(advice) == 0 {
		return "run as root, or see nsbench doctor"
	}
	return strings.Join(advice, "; ")
}
