package host

import (
	"fmt"

	"github.com/nsbench/nsbench/bench/result"
)

var checkSeccomp = check{
	name:   "seccomp",
	effect: "a filter runs at every system call of both sides and slows it, and may forbid clone3 or namespaces altogether",
	look:   lookSeccomp,
}

// lookSeccomp knows two modes: a process in the third, strict one, could not
// have opened the file. A kernel built without seccomp leaves the line out;
// proc_pid_status(5).
func lookSeccomp(h *Host) result.Disturbance {
	status, err := h.read("proc/self/status")
	if err != nil {
		return unknown(err)
	}
	mode, told := member(status, "Seccomp")
	switch {
	case !told:
		return ok("the kernel has no seccomp")
	case mode == "0":
		return ok("no filter")
	case mode == "2":
		return warn(filters(status), "docker run --security-opt seccomp=unconfined")
	}
	return unknown(fmt.Errorf("read /proc/self/status: Seccomp: %s", mode))
}

// filters counts them where the kernel does, from 5.9.
func filters(status string) string {
	if n, told := member(status, "Seccomp_filters"); told {
		return "system calls are filtered, filters: " + n
	}
	return "system calls are filtered"
}
