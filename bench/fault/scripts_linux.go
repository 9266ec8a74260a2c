//go:build amd64 || arm64

package fault

import "github.com/nsbench/nsbench/bench/trial"

// Scripts are what parents do, for trial.Reexecuted: by the names of the faults.
var Scripts = trial.Scripts{
	scriptOf("none"):                none,
	scriptOf("parent-killed"):       parentKilled,
	scriptOf("parent-exits"):        parentExits,
	scriptOf("child-killed"):        childKilled,
	scriptOf("own-end-open"):        ownEndOpen,
	scriptOf("sibling"):             sibling,
	scriptOf("leaked-exec"):         leakedExec,
	scriptOf("third-party"):         thirdParty,
	scriptOf("leaked-killed"):       leakedKilled,
	scriptOf("two-waiters"):         twoWaiters,
	scriptOf("interrupted"):         interrupted,
	scriptOf("interrupted-once"):    interruptedOnce,
	scriptOf("stop-continue"):       stopContinue,
	scriptOf("freeze-thaw"):         freezeThaw,
	scriptOf("early-release"):       earlyRelease,
	scriptOf("double-release"):      doubleRelease,
	scriptOf("release-after-death"): releaseAfterDeath,
	scriptOf("fork-in-child"):       forkInChild,
	scriptOf("thread-exit"):         threadExit,
	scriptOf("credential-change"):   credentialChange,
	scriptOf("death-signal"):        deathSignal,
	scriptOf("cpu-quota"):           cpuQuota,
	scriptOf("pid-reuse"):           pidReuse,
	scriptOf("seccomp-deny"):        seccompDeny,
	scriptOf("half-dead"):           halfDead,
	scriptOf("exec"):                executes,
}

// scriptOf is the name of a fault's script.
func scriptOf(fault string) string { return "fault " + fault }
