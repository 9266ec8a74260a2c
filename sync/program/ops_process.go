package program

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

// Exit ends the process. exit_group(2).
func Exit(status int) Op { return syscallOp(callExit, number(int64(status))) }

// AwaitEnd waits until the process on the other side has ended, and leaves it
// to be reaped. waitid(2).
func AwaitEnd(of Peer) Op {
	if of == Child {
		return awaitChild
	}
	return awaitEnd(of)
}

// awaitChild is made before it is asked for, which is in each cycle.
var awaitChild = awaitEnd(Child)

func awaitEnd(of Peer) Op {
	return syscallOp(callWaitid, named(waitPID, "P_PID"), of.process(), null(), named(waitEnd, "WEXITED|WNOWAIT|__WALL"), null())
}

// AwaitStop waits until the process on the other side has stopped or ended, and
// leaves it as it is. waitid(2).
func AwaitStop(of Peer) Op {
	return syscallOp(callWaitid, named(waitPID, "P_PID"), of.process(), null(),
		named(waitEnd|waitStopped, "WEXITED|WSTOPPED|WNOWAIT|__WALL"), null())
}
