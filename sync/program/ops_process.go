package program

import "fmt"

// ParentDeathSignal has the kernel send sig to this process when the thread
// that cloned it ends. prctl(2), PR_SET_PDEATHSIG.
func ParentDeathSignal(sig Signal) Op {
	return syscallOp(callPrctl, named(prSetPdeathsig, "PR_SET_PDEATHSIG"), named(int64(sig), sig.String()), number(0), number(0), number(0))
}

// Sethostname names the host of the process's UTS namespace. sethostname(2).
func Sethostname(name string) Op {
	return syscallOp(callSethostname, data(name), number(int64(len(name))))
}

// Exec executes a program in place of this one. execve(2).
func Exec(path string, argv, envv []string) Op {
	return syscallOp(callExecve, operand{kind: operandString, text: path}, vector(argv), vector(envv))
}

// SetUser makes a user ID the process's real, effective and saved one. setresuid(2).
func SetUser(id uint32) Op {
	return syscallOp(callSetresuid, number(int64(id)), number(int64(id)), number(int64(id)))
}

// SetGroup makes a group ID the process's real, effective and saved one. setresgid(2).
func SetGroup(id uint32) Op {
	return syscallOp(callSetresgid, number(int64(id)), number(int64(id)), number(int64(id)))
}

// Getuid has the caller's user ID in its own user namespace as the result, which is the
// overflow user's as long as nobody has mapped it. getuid(2), user_namespaces(7).
func Getuid() Op { return syscallOp(callGetuid) }

// Pin has the process run on one CPU. sched_setaffinity(2).
func Pin(cpu int) Op {
	var mask [affinitySize]byte
	if cpu >= 0 && cpu < 8*affinitySize {
		mask[cpu/8] = 1 << (cpu % 8)
	}
	return syscallOp(callSetaffinity, number(0), number(affinitySize), structure(fmt.Sprintf("[%d]", cpu), raw(string(mask[:]))))
}

// Positive ends the program, as one that has failed with ESRCH, unless w holds a
// number that can be the ID of one process. It stands before an operation that sends
// something to the process that w tells of.
func Positive(w Word) Op {
	return Op{kind: kindPositive}.withArgs(value(w))
}

// Exit ends the process. exit_group(2).
func Exit(status int) Op { return syscallOp(callExit, number(int64(status))) }

// AwaitEnd waits until a child has ended, that on the other side or one that the
// program has spawned itself, and leaves it to be reaped. waitid(2).
func AwaitEnd(of Process) Op {
	if of == Process(Child) {
		return awaitChild
	}
	return awaitEnd(of)
}

// awaitChild is made before it is asked for, which is in each cycle.
var awaitChild = awaitEnd(Child)

func awaitEnd(of Process) Op {
	return syscallOp(callWaitid, named(waitPID, "P_PID"), of.process(), null(), named(waitEnd, "WEXITED|WNOWAIT|__WALL"), null())
}

// Reap waits until a child of this process has ended, and reaps it. waitid(2).
func Reap(child Process) Op {
	return syscallOp(callWaitid, named(waitPID, "P_PID"), child.process(), null(), named(waitReap, "WEXITED|__WALL"), null())
}

// ReapAll reaps each child of this process as it ends, those that it inherits among
// them, until there is none left. While it does so zero stays 0. waitid(2), P_ALL.
func ReapAll(zero Word) Op {
	return while(zero, 0, syscallOp(callWaitid, named(waitAll, "P_ALL"), number(0), null(), named(waitReap, "WEXITED|__WALL"), null())).Try()
}

// ExecFile executes the program that a descriptor refers to in place of this one, with
// neither arguments nor an environment. execveat(2), AT_EMPTY_PATH.
func ExecFile(fd File) Op {
	return syscallOp(callExecveat, fd.file(), cString(""), vector(nil), vector(nil), named(atEmptyPath, "AT_EMPTY_PATH"))
}

// AwaitStop waits until the process on the other side has stopped or ended, and
// leaves it as it is. waitid(2).
func AwaitStop(of Peer) Op {
	return syscallOp(callWaitid, named(waitPID, "P_PID"), of.process(), null(),
		named(waitEnd|waitStopped, "WEXITED|WSTOPPED|WNOWAIT|__WALL"), null())
}
