package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench"
)

// helpers are the programs that scripts put before a command. All but alone
// execute it in their own place, so that signals reach it and its exit status
// is theirs.
func helpers() map[string]func() {
	return map[string]func(){
		"alone":    alone,
		"soak":     soak,
		"nobody":   func() { prepared(becomeNobody) },
		"onecpu":   func() { prepared(keepOneCPU) },
		"nocaps":   func() { prepared(dropCapabilities) },
		"filtered": filtered,

		"nosocketpair": func() { prepared(forbidSocketpair) },
	}
}

// probes find out what this process can do: root means to change what is
// mounted, userns that a user without privileges can have namespaces.
func probes() map[string]func() error {
	return map[string]func() error{
		"root":   func() error { return exec.Command("unshare", "-m", "true").Run() },
		"userns": func() error { return exec.Command("nobody", "unshare", "-U", "true").Run() },
		"cpus":   twoCPUs,
		"strace": func() error { _, err := exec.LookPath("strace"); return err },
	}
}

func twoCPUs() error {
	cpus, err := bench.UsableCPUs()
	if err == nil && len(cpus) < 2 {
		return bench.ErrOneCPU
	}
	return err
}

// prepared changes this thread and executes the command of the arguments on it.
func prepared(change func() error) {
	runtime.LockOSThread()
	if err := change(); err != nil {
		giveUp(err)
	}
	path, err := exec.LookPath(os.Args[1])
	if err != nil {
		giveUp(err)
	}
	giveUp(os.NewSyscallError("execve", syscall.Exec(path, os.Args[1:], os.Environ())))
}

// giveUp ends a helper with a status that no test expects.
func giveUp(err error) {
	fmt.Fprintf(os.Stderr, "%s: %v\n", os.Args[0], err)
	os.Exit(99)
}

// nobodyID is the user, and the group, that owns nothing.
const nobodyID = 65534

// becomeNobody gives up root. Who is not root stays who it is.
func becomeNobody() error {
	if os.Geteuid() != 0 {
		return nil
	}
	return errors.Join(
		syscall.Setgroups(nil),
		syscall.Setresgid(nobodyID, nobodyID, nobodyID),
		syscall.Setresuid(nobodyID, nobodyID, nobodyID),
	)
}

// keepOneCPU leaves this process the last of its CPUs.
func keepOneCPU() error {
	cpus, err := bench.UsableCPUs()
	if err != nil {
		return err
	}
	var set unix.CPUSet
	set.Set(cpus[len(cpus)-1])
	return unix.SchedSetaffinity(0, &set)
}

// dropCapabilities empties the bounding set, so that the user 0 has no
// capability after the next execve. capabilities(7).
func dropCapabilities() error {
	for c := uintptr(0); c <= unix.CAP_LAST_CAP; c++ {
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0); err != nil && !errors.Is(err, unix.EINVAL) {
			return os.NewSyscallError("prctl", err)
		}
	}
	return nil
}

// filtered executes a command under a filter that answers every clone3, and
// every clone and unshare with a flag of a namespace, with an errno: filtered
// eperm|enosys COMMAND [ARG...].
func filtered() {
	errno, ok := map[string]syscall.Errno{"eperm": unix.EPERM, "enosys": unix.ENOSYS}[os.Args[1]]
	if !ok {
		giveUp(fmt.Errorf("no errno %q", os.Args[1]))
	}
	os.Args = append(os.Args[:1], os.Args[2:]...)
	prepared(func() error { return forbidNamespaces(errno) })
}

// What filters are made of, and where struct seccomp_data has what they look
// at. seccomp(2).
const (
	load   = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
	equal  = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
	anyOf  = unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K
	answer = unix.BPF_RET | unix.BPF_K

	callNumber = 0
	callFlags  = 16 // the low half of the first argument, on a little-endian machine
)

func forbidNamespaces(errno syscall.Errno) error {
	const all = unix.CLONE_NEWNS | unix.CLONE_NEWCGROUP | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC |
		unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNET
	return install([]unix.SockFilter{
		{Code: load, K: callNumber},
		{Code: equal, K: unix.SYS_CLONE3, Jt: 4},
		{Code: equal, K: unix.SYS_CLONE, Jt: 1},
		{Code: equal, K: unix.SYS_UNSHARE, Jf: 3},
		{Code: load, K: callFlags},
		{Code: anyOf, K: all, Jf: 1},
		{Code: answer, K: unix.SECCOMP_RET_ERRNO | uint32(errno)},
		{Code: answer, K: unix.SECCOMP_RET_ALLOW},
	})
}

// forbidSocketpair takes one primitive away, and nothing that the Go runtime needs.
func forbidSocketpair() error {
	return install([]unix.SockFilter{
		{Code: load, K: callNumber},
		{Code: equal, K: unix.SYS_SOCKETPAIR, Jf: 1},
		{Code: answer, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)},
		{Code: answer, K: unix.SECCOMP_RET_ALLOW},
	})
}

// install puts a filter on this thread, and on what it executes.
func install(filter []unix.SockFilter) error {
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return os.NewSyscallError("prctl", err)
	}
	err := unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&program)), 0, 0)
	runtime.KeepAlive(filter)
	return os.NewSyscallError("prctl", err)
}
