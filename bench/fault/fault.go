// Package fault finds out what happens at a gate when a side dies, leaks, is
// interrupted, or does things in an order that nobody thought of.
//
// A fault is a [trial.Script]: what a parent and its child do otherwise than they
// should. It knows no primitive: it edits the programs of whatever gate there is, so
// that every cell of the matrix is found by running, and where two primitives behave
// alike it is because they did. What cannot be done to a gate, such as to leak a
// descriptor that it does not have, is unavailable, with the reason.
//
// Many of the faults have been met by real runtimes; the doc of each names one.
package fault

import (
	"slices"

	"github.com/nsbench/nsbench/bench/result"
)

// A Fault is one thing that goes wrong.
type Fault struct {
	result.Fault

	// How many kinds of it there are, each of which has its share of the trials; 0 is
	// one.
	kinds int

	// limits says that its child is to be under a quota.
	limits bool

	// alone says that it takes times: nothing else may be under way.
	alone bool
}

// The outcomes, by short names.
const (
	released   = result.OutcomeReleased
	parentGone = result.OutcomeParentGone
	hung       = result.OutcomeHung
	killed     = result.OutcomeKilled
	failed     = result.OutcomeFailed
)

// All returns the faults, in their fixed order.
func All() []Fault {
	return slices.Clone(catalogue)
}

// Named returns the fault of that name.
func Named(name string) (Fault, bool) {
	i := slices.IndexFunc(catalogue, func(f Fault) bool { return f.Name == name })
	if i < 0 {
		return Fault{}, false
	}
	return catalogue[i], true
}

// ofChild is a fault whose cells tell of the child.
func ofChild(name, about string, sound, unsafe []string) Fault {
	return Fault{Fault: result.Fault{Name: name, About: about, Of: result.OfChild, Sound: sound, Unsafe: unsafe}}
}

// ofParent is a fault whose cells tell of the parent's release.
func ofParent(name, about string, sound, unsafe []string) Fault {
	f := ofChild(name, about, sound, unsafe)
	f.Of = result.OfParent
	return f
}

func outcomes(all ...string) []string { return all }

// catalogue has the faults by what they are done to: the parent, the child, the
// releasing end, the wait, the order of things, and the processes around.
//
// A child that nobody releases any more is best told that its parent is gone; that
// it goes on is what is dangerous. Of a parent whose child is gone the release is best
// refused; that the release itself hangs or kills is dangerous.
var catalogue = []Fault{
	ofChild("none", "Nothing goes wrong: the parent holds the child and releases it.",
		outcomes(released), outcomes(hung, killed, failed, parentGone)),
	ofChild("parent-killed", "The parent is killed by SIGKILL while the child waits.",
		outcomes(parentGone), outcomes(released)),
	ofChild("parent-exits", "The parent exits without a word while the child waits.",
		outcomes(parentGone), outcomes(released)),
	ofParent("child-killed", "The child is killed by SIGKILL while it waits and has not been reaped when the parent releases it, with the default action for SIGPIPE. The outcome is the parent's.",
		outcomes(failed, parentGone), outcomes(hung, killed)),
	ofChild("own-end-open", "The child keeps its copy of what the parent releases by, which it should have closed, and is released.",
		outcomes(released), outcomes(hung, killed, failed, parentGone)),
	ofChild("sibling", "A second child is cloned before the release, has copies of all descriptors of the first one's gate, and still waits at a gate of its own when the first is released.",
		outcomes(released), outcomes(hung, killed, failed, parentGone)),
	ofChild("leaked-exec", "Another program has inherited all descriptors of the gate by an execve that did not close them, and is still there when the child is released.",
		outcomes(released), outcomes(hung, killed, failed, parentGone)),
	ofChild("third-party", "All descriptors of the gate have been passed on to another process by SCM_RIGHTS, and it has them still when the child is released.",
		outcomes(released), outcomes(hung, killed, failed, parentGone)),
	ofChild("leaked-killed", "Another program has inherited all descriptors of the gate, and the parent is killed by SIGKILL while the child waits.",
		outcomes(parentGone), outcomes(released)),
	ofChild("two-waiters", "A second child waits at the same gate, and the parent releases once. The outcome is that of the child which goes on last; one that stays held says that an operation frees one child and no more.",
		outcomes(released), outcomes(killed, parentGone)),
	ofChild("interrupted", "A signal that the child handles, without SA_RESTART, comes while it waits; then it is released. The child makes an interrupted call again.",
		outcomes(released), outcomes(hung, killed, parentGone)),
	ofChild("interrupted-once", "As interrupted, and the child does not make an interrupted call again.",
		outcomes(released), outcomes(hung, killed, parentGone)),
	ofChild("stop-continue", "The child is stopped by SIGSTOP and continued by SIGCONT while it waits; then it is released.",
		outcomes(released), outcomes(hung, killed, failed, parentGone)),
	ofChild("freeze-thaw", "The child's control group is frozen while it waits; it is released, and then thawed.",
		outcomes(released), outcomes(hung, killed, failed, parentGone)),
	ofChild("early-release", "The parent releases before the child waits.",
		outcomes(released), outcomes(hung, killed, failed, parentGone)),
	ofChild("double-release", "The parent releases twice: once while the child waits, and once when it has gone on. Then the child unblocks all signals.",
		outcomes(released), outcomes(hung, killed, failed, parentGone)),
	ofParent("release-after-death", "The child has been killed and reaped when the parent releases it, with the default action for SIGPIPE. The outcome is the parent's.",
		outcomes(failed, parentGone), outcomes(hung, killed)),
	ofChild("fork-in-child", "The child has forked before it waits, and what it has forked lives on; then the child is released.",
		outcomes(released), outcomes(hung, killed, failed, parentGone)),
	ofChild("thread-exit", "The child has asked to be killed at its parent's death. The thread that cloned it ends, and its process lives, and releases it.",
		outcomes(released), outcomes(hung, killed, failed, parentGone)),
	ofChild("credential-change", "The child has asked to be killed at its parent's death and changes its user after that. The parent is killed by SIGKILL while the child waits.",
		outcomes(parentGone, killed), outcomes(released)),
	timed(ofChild("cpu-quota", "The child may use 10 ms of CPU time in 100 ms; it is held for 15 to 115 ms and released. The latency is compared with that of a child which may use as much as there is.",
		outcomes(released), outcomes(hung, killed, failed, parentGone))),
	{Fault: result.Fault{Name: "pid-reuse", Of: result.OfStranger,
		About: "The child has been killed and reaped, and a process that has nothing to do with the gate has got its process ID, when the parent releases. The outcome is that process's, which goes on by itself.",
		Sound: outcomes(released), Unsafe: outcomes(killed, hung, failed)}},
	kinds(2, ofChild("seccomp-deny", "A seccomp filter refuses the calls that the child's wait consists of: in half of the trials with EPERM, in the others with ENOSYS. The parent releases the child.",
		outcomes(failed, released), outcomes(hung, killed))),
	ofChild("half-dead", "A seccomp filter kills the child's first thread at the call that waits, while another thread of it lives. Then the parent releases.",
		outcomes(released, killed), outcomes(hung)),
	ofChild("exec", "The child executes a program between preparing its wait and waiting, with the gate's descriptors kept open; then it is released.",
		outcomes(released), outcomes(hung, killed, failed, parentGone)),
}

func timed(f Fault) Fault {
	f.alone, f.limits = true, true
	return f
}

func kinds(n int, f Fault) Fault {
	f.kinds = n
	return f
}
