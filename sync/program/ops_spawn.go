package program

import (
	"fmt"
	"strings"
)

// A spawning is what an operation of Spawn has besides.
type spawning struct {
	parts  []Part
	flags  int64 // of clone3(2), those that a caller may choose
	thread bool
}

// Spawn starts a process that runs programs of its own, and has its ID as the result.
// It begins as a child of Clone does, but that it has the spawner's mask of signals:
// its handlers are gone, its end sends no signal, its memory is a copy, and what it
// maps of the board is shared. Its stamps are those of the parts' stages, whose fields
// the spawner does not write. It may be in namespaces of its own. clone3(2).
//
// How its program ends is told by [Code.Spawned]. Its stack lies in the board, so the
// code is run once, and not by [Run] where handlers of the Go runtime may come to run:
// they would in what it spawns. Room for the stack and the code of each comes out of
// the board, 16 KiB and some.
func Spawn(in Namespace, parts ...Part) Op {
	return spawnOp(&spawning{parts: parts, flags: int64(in)})
}

// SpawnSibling is Spawn of a process that is a child of the spawner's parent, which is
// to reap it. The first process of a PID namespace has no siblings. clone(2), CLONE_PARENT.
func SpawnSibling(in Namespace, parts ...Part) Op {
	return spawnOp(&spawning{parts: parts, flags: int64(in) | cloneParent})
}

// SpawnThread starts a thread of the process that runs a program of its own, and has
// its ID as the result. It shares all that threads share, and its end, exit(2), leaves
// the process alone. The end of the process ends it, whatever it was at: who begins
// before it waits for what it does. The process's memory stays what it is only for
// as long as the thread lives. clone3(2), pthreads(7).
func SpawnThread(what Part) Op {
	return spawnOp(&spawning{parts: []Part{what}, flags: cloneVM | cloneFS | cloneFiles | cloneSighand | cloneSysvsem | cloneSameThread, thread: true})
}

func spawnOp(s *spawning) Op {
	return Op{kind: kindSpawn}.with(func(a *aside) { a.spawn = s })
}

// cloneFlags are all flags of the clone.
func (s *spawning) cloneFlags() int64 {
	if s.thread {
		return s.flags | cloneSettls
	}
	return s.flags | cloneSettls | cloneClearSighand
}

// call is the call alone, without what is spawned.
func (s *spawning) call() string {
	return fmt.Sprintf("clone3({flags=%s, exit_signal=0}, %d)", s.flagString(), cloneArgsSize)
}

// String is the call, and the program that the kernel knows nothing of.
func (s *spawning) String() string {
	var all strings.Builder
	for _, part := range s.parts {
		all.WriteString(part.Program.String())
	}
	lines := strings.ReplaceAll(strings.TrimSuffix(all.String(), "\n"), "\n", "; ")
	return s.call() + " { " + lines + " }"
}

// flagString is the flags as strace prints them.
func (s *spawning) flagString() string {
	var all []string
	rest := s.cloneFlags()
	for _, f := range cloneFlagNames {
		if rest&f.flag != 0 {
			all = append(all, f.name)
			rest &^= f.flag
		}
	}
	if rest != 0 {
		all = append(all, fmt.Sprintf("%#x", rest))
	}
	return strings.Join(all, "|")
}

// cloneFlagNames are in the order of strace.
var cloneFlagNames = []struct {
	flag int64
	name string
}{
	{cloneVM, "CLONE_VM"}, {cloneFS, "CLONE_FS"}, {cloneFiles, "CLONE_FILES"}, {cloneSighand, "CLONE_SIGHAND"}, {cloneParent, "CLONE_PARENT"},
	{cloneSameThread, "CLONE_THREAD"}, {int64(NewMount), "CLONE_NEWNS"}, {cloneSysvsem, "CLONE_SYSVSEM"}, {cloneSettls, "CLONE_SETTLS"},
	{int64(NewCgroup), "CLONE_NEWCGROUP"}, {int64(NewUTS), "CLONE_NEWUTS"}, {int64(NewIPC), "CLONE_NEWIPC"},
	{int64(NewUser), "CLONE_NEWUSER"}, {int64(NewPID), "CLONE_NEWPID"}, {int64(NewNet), "CLONE_NEWNET"},
	{int64(NewTime), "CLONE_NEWTIME"}, {cloneClearSighand, "CLONE_CLEAR_SIGHAND"},
}
