package reports_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/nsbench/nsbench/bench/result"
)

// allHeld are the primitives of a made-up matrix, as many as there are, by family.
var allHeld = []struct {
	family string
	names  []string
}{
	{"pipe", []string{"pipe-eof", "pipe-byte", "pipe-poll", "fifo"}},
	{"eventfd", []string{"eventfd", "eventfd-epoll", "barrier"}},
	{"signal", []string{"sigwait", "sigsuspend", "sigqueue", "signalfd", "pidfd-signal", "sigstop"}},
	{"memory", []string{"spin", "spin-pause", "spin-yield", "poll-sleep", "futex", "futex-waitv", "futex-spin"}},
	{"socket", []string{"unix-stream", "unix-eof", "unix-dgram", "unix-seqpacket", "unix-abstract", "unix-path", "tcp-loopback"}},
	{"file", []string{"flock", "ofd-lock", "inotify", "file-poll"}},
	{"ipc", []string{"sysv-sem", "sysv-msg", "posix-mq"}},
	{"other", []string{"ptrace", "cgroup-freeze", "seccomp-notify", "userfaultfd", "io-uring", "pidfd-exit"}},
}

// A madeFault is a fault and what becomes of most primitives under it.
type madeFault struct {
	result.Fault
	outcome string
}

var (
	onlyReleased   = []string{result.OutcomeReleased}
	onlyParentGone = []string{result.OutcomeParentGone, result.OutcomeKilled}
)

var madeFaults = []madeFault{
	{result.Fault{Name: "none", About: "Nothing is done.", Of: result.OfChild, Sound: onlyReleased, Unsafe: []string{result.OutcomeHung}}, result.OutcomeReleased},
	{result.Fault{Name: "parent-killed", About: "The parent is killed by SIGKILL while the child waits.", Of: result.OfChild, Sound: onlyParentGone, Unsafe: []string{result.OutcomeReleased}}, result.OutcomeHung},
	{result.Fault{Name: "parent-exits", About: "The parent exits without a word while the child waits.", Of: result.OfChild, Sound: onlyParentGone, Unsafe: []string{result.OutcomeReleased}}, result.OutcomeHung},
	{result.Fault{Name: "child-killed", About: "The child is killed while it waits; the parent releases it.", Of: result.OfParent, Sound: []string{result.OutcomeReleased, result.OutcomeFailed}, Unsafe: []string{result.OutcomeHung, result.OutcomeKilled}}, result.OutcomeReleased},
	{result.Fault{Name: "own-end-open", About: "The child keeps its copy of the releasing end.", Of: result.OfChild, Sound: onlyReleased, Unsafe: []string{result.OutcomeHung}}, result.OutcomeReleased},
	{result.Fault{Name: "sibling", About: "A second child, cloned in between, still waits with all that it inherited.", Of: result.OfChild, Sound: onlyReleased, Unsafe: []string{result.OutcomeHung}}, result.OutcomeReleased},
	{result.Fault{Name: "leaked-exec", About: "An unrelated program was executed with the releasing end.", Of: result.OfChild, Sound: onlyReleased, Unsafe: []string{result.OutcomeHung}}, result.OutcomeReleased},
	{result.Fault{Name: "third-party", About: "The releasing end was passed on by SCM_RIGHTS.", Of: result.OfChild, Sound: onlyReleased, Unsafe: []string{result.OutcomeHung}}, result.OutcomeReleased},
	{result.Fault{Name: "interrupted", About: "A signal is handled, without SA_RESTART, while the child waits.", Of: result.OfChild, Sound: onlyReleased, Unsafe: []string{result.OutcomeHung}}, result.OutcomeReleased},
	{result.Fault{Name: "stop-continue", About: "The child is stopped and continued while it waits.", Of: result.OfChild, Sound: onlyReleased, Unsafe: []string{result.OutcomeHung}}, result.OutcomeReleased},
	{result.Fault{Name: "freeze-thaw", About: "The child's control group is frozen and thawed while it waits.", Of: result.OfChild, Sound: onlyReleased, Unsafe: []string{result.OutcomeHung}}, result.OutcomeReleased},
	{result.Fault{Name: "early-release", About: "The parent releases before the child waits.", Of: result.OfChild, Sound: onlyReleased, Unsafe: []string{result.OutcomeHung}}, result.OutcomeReleased},
	{result.Fault{Name: "double-release", About: "The parent releases twice.", Of: result.OfParent, Sound: []string{result.OutcomeReleased, result.OutcomeFailed}, Unsafe: []string{result.OutcomeHung, result.OutcomeKilled}}, result.OutcomeReleased},
	{result.Fault{Name: "release-after-death", About: "The child has been killed and reaped; the parent releases it.", Of: result.OfParent, Sound: []string{result.OutcomeReleased, result.OutcomeFailed}, Unsafe: []string{result.OutcomeHung, result.OutcomeKilled}}, result.OutcomeReleased},
	{result.Fault{Name: "fork-in-child", About: "The child forks, and its child is killed, while it waits.", Of: result.OfChild, Sound: onlyReleased, Unsafe: []string{result.OutcomeHung}}, result.OutcomeReleased},
	{result.Fault{Name: "thread-exit", About: "The thread that cloned ends, with a parent-death signal armed; the process lives.", Of: result.OfChild, Sound: onlyReleased, Unsafe: []string{result.OutcomeKilled}}, result.OutcomeKilled},
	{result.Fault{Name: "credential-change", About: "The child changes its credentials after it has armed the parent-death signal; the parent is killed.", Of: result.OfChild, Sound: onlyParentGone, Unsafe: []string{result.OutcomeReleased}}, result.OutcomeHung},
	{result.Fault{Name: "cpu-quota", About: "The child may run for 10 ms in 100 ms.", Of: result.OfChild, Sound: onlyReleased, Unsafe: []string{result.OutcomeHung}}, result.OutcomeReleased},
	{result.Fault{Name: "pid-reuse", About: "The child is reaped and another process has its number when the parent releases.", Of: result.OfStranger, Sound: onlyReleased, Unsafe: []string{result.OutcomeKilled}}, result.OutcomeReleased},
	{result.Fault{Name: "seccomp-deny", About: "The call that waits is refused with EPERM.", Of: result.OfChild, Sound: []string{result.OutcomeFailed}, Unsafe: []string{result.OutcomeReleased}}, result.OutcomeFailed},
	{result.Fault{Name: "half-dead", About: "Seccomp kills the parent's first thread while another lives.", Of: result.OfChild, Sound: onlyParentGone, Unsafe: []string{result.OutcomeReleased}}, result.OutcomeHung},
	{result.Fault{Name: "exec", About: "The child executes itself anew between preparing and waiting.", Of: result.OfChild, Sound: onlyReleased, Unsafe: []string{result.OutcomeHung}}, result.OutcomeReleased},
}

// matrixTrials is how many trials a cell of the made-up faults has.
const matrixTrials = 20

// faults makes a section of all primitives under all faults.
func faults() []result.Record {
	head := matrixHead("faults")
	for _, f := range madeFaults {
		head.Plan.Faults = append(head.Plan.Faults, f.Fault)
	}
	records := []result.Record{head}
	for _, family := range allHeld {
		for _, primitive := range family.names {
			for _, f := range madeFaults {
				b := f.of(primitive, family.family)
				b.Matrix, b.Primitive, b.Family, b.Fault = result.MatrixFaults, primitive, family.family, f.Name
				records = append(records, b)
			}
		}
	}
	return append(records, &result.End{Finished: head.Started.Add(4 * time.Minute), Ended: result.EndedComplete})
}

func matrixHead(command string) *result.Header {
	head := header()
	head.Started = head.Started.Add(time.Hour)
	head.Command = []string{"nsbench", command, "--out", "both"}
	head.Plan = result.Plan{Trials: matrixTrials}
	for _, family := range allHeld {
		head.Plan.Primitives = append(head.Plan.Primitives, family.names...)
	}
	return head
}

// of is what becomes of a primitive, by rules that are made up, but not far from what
// kernels do.
func (f madeFault) of(primitive, family string) *result.Behaviour {
	all := func(r result.Result) *result.Behaviour { return tried(r) }
	eof := slices.Contains([]string{"pipe-eof", "pipe-poll", "unix-eof", "pidfd-exit"}, primitive)
	told := slices.Contains([]string{"pipe-byte", "barrier", "unix-stream", "unix-seqpacket", "io-uring"}, primitive)
	switch {
	case primitive == "userfaultfd":
		return &result.Behaviour{Outcome: result.OutcomeUnavailable, Reason: "userfaultfd(2) is not allowed to unprivileged users: vm.unprivileged_userfaultfd is 0."}
	case f.Name == "freeze-thaw" || f.Name == "cpu-quota" && primitive == "spin":
		return &result.Behaviour{Outcome: result.OutcomeUnavailable, Reason: "There is no control group here that can be written to."}
	case (f.Name == "own-end-open" || f.Name == "third-party") && (family == "memory" || family == "signal" || family == "file"):
		return &result.Behaviour{Outcome: result.OutcomeUnavailable, Reason: "The primitive has no releasing end that could be held open.", Moot: true}
	case f.outcome == result.OutcomeHung && eof:
		return all(result.Result{
			Outcome: result.OutcomeReleased, Early: true, At: "read(r, 1) = 0",
			Why: "The kernel closes the write end of a process that dies, which is what the child takes for its release.", Source: "pipe(7)",
		})
	case f.outcome == result.OutcomeHung && told:
		return all(result.Result{Outcome: result.OutcomeParentGone, At: "read(r, 1) = 0", Why: "End of file before the byte says that every write end is closed.", Source: "pipe(7)"})
	case f.outcome == result.OutcomeHung:
		return all(result.Result{Outcome: result.OutcomeHung, At: "futex(word, FUTEX_WAIT, 0)", Why: "Nobody is left who could wake it.", Source: "futex(2)"})
	case (f.Name == "own-end-open" || f.Name == "sibling" || f.Name == "leaked-exec" || f.Name == "third-party") && eof:
		b := tried(result.Result{Outcome: result.OutcomeHung, At: "read(r, 1)", Why: "A write end is still open, so there is no end of file.", Source: "pipe(7)"})
		if f.Name == "sibling" {
			b.Results[0].N = 18
			b.Results = append(b.Results, result.Result{Outcome: result.OutcomeReleased, N: 2, Note: "the sibling had been released before"})
		}
		return b
	case f.Name == "interrupted" && (family == "signal" || primitive == "futex"):
		b := tried(result.Result{Outcome: result.OutcomeFailed, Errno: "EINTR", At: "sigwaitinfo(SIGUSR1)", Why: "The call is never restarted after a handler.", Source: "signal(7)"})
		b.Results[0].N = 11
		b.Results = append(b.Results, result.Result{Outcome: result.OutcomeReleased, N: 9})
		return b
	case f.Name == "interrupted" && primitive == "sigstop":
		return all(result.Result{Outcome: result.OutcomeReleased, Early: true, Note: "SIGCONT of somebody else"})
	case (f.Name == "child-killed" || f.Name == "release-after-death") && primitive == "pipe-byte":
		return all(result.Result{Outcome: result.OutcomeKilled, Signal: "SIGPIPE", At: "write(w, 1)", Why: "No read end is open, and SIGPIPE is not ignored.", Source: "pipe(7)"})
	case (f.Name == "child-killed" || f.Name == "release-after-death") && family == "signal":
		return all(result.Result{Outcome: result.OutcomeFailed, Errno: "ESRCH", At: "kill(child, SIGUSR1)", Why: "There is no such process.", Source: "kill(2)"})
	case f.Name == "pid-reuse" && (primitive == "sigwait" || primitive == "sigqueue"):
		return all(result.Result{Outcome: result.OutcomeKilled, Signal: "SIGUSR1", Note: "a stranger got the signal that was for the child", Why: "A number names whoever has it.", Source: "kill(2)"})
	case f.Name == "seccomp-deny" && primitive == "spin":
		return &result.Behaviour{Outcome: result.OutcomeUnavailable, Reason: "The wait makes no system call that could be refused."}
	case f.outcome == result.OutcomeFailed:
		return all(result.Result{Outcome: result.OutcomeFailed, Errno: "EPERM", At: "the wait's own call"})
	case f.outcome == result.OutcomeKilled:
		return all(result.Result{Outcome: result.OutcomeKilled, Signal: "SIGKILL", Why: "The signal follows the thread that cloned and not its process.", Source: "PR_SET_PDEATHSIG(2const)"})
	}
	b := tried(result.Result{Outcome: result.OutcomeReleased, At: "read(r, 1) = 1"})
	for i := range matrixTrials {
		b.LatencyNS = append(b.LatencyNS, int64(17_000+311*i))
		if f.Name == "cpu-quota" {
			b.LatencyNS[i] *= 40
			b.FreeNS = append(b.FreeNS, int64(16_000+211*i))
		}
	}
	return b
}

// tried is a cell all of whose trials came to the same.
func tried(r result.Result) *result.Behaviour {
	r.N = matrixTrials
	return &result.Behaviour{Outcome: r.Outcome, Trials: r.N, Results: []result.Result{r}}
}

var madeSpaces = []result.Space{
	{Name: "none", About: "The child is in the namespaces of its parent."},
	{Name: "cgroup", About: "The child is in a new cgroup namespace.", Namespaces: []string{"cgroup"}},
	{Name: "ipc", About: "The child is in a new IPC namespace.", Namespaces: []string{"ipc"}},
	{Name: "mnt", About: "The child is in a new mount namespace.", Namespaces: []string{"mnt"}},
	{Name: "net", About: "The child is in a new network namespace.", Namespaces: []string{"net"}},
	{Name: "pid", About: "The child is in a new PID namespace.", Namespaces: []string{"pid"}},
	{Name: "time", About: "The child is in a new time namespace.", Namespaces: []string{"time"}},
	{Name: "user", About: "The child is in a new user namespace.", Namespaces: []string{"user"}},
	{Name: "uts", About: "The child is in a new UTS namespace.", Namespaces: []string{"uts"}},
	{Name: "all", About: "The child is in new namespaces of all eight kinds.", Namespaces: []string{"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"}},
	{Name: "all+tmp", About: "As all, with a /tmp of its own mounted over and user IDs mapped.", Namespaces: []string{"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"}},
}

// cutBy says which namespaces cut a named object, and how that shows.
var cutBy = map[string]struct{ space, errno, why, source string }{
	"sysv-sem":      {"ipc", "EINVAL", "The set's number means nothing in another IPC namespace.", "ipc_namespaces(7)"},
	"sysv-msg":      {"ipc", "EINVAL", "The queue's number means nothing in another IPC namespace.", "ipc_namespaces(7)"},
	"posix-mq":      {"ipc", "ENOENT", "The name is looked up in the IPC namespace of whoever opens it.", "mq_overview(7)"},
	"unix-abstract": {"net", "ECONNREFUSED", "Abstract names are of the network namespace.", "unix(7)"},
	"tcp-loopback":  {"net", "ENETUNREACH", "A new network namespace has a loopback interface that is down.", "network_namespaces(7)"},
	"unix-path":     {"all+tmp", "ENOENT", "The path leads into the mount that lies over it.", "mount_namespaces(7)"},
	"fifo":          {"all+tmp", "ENOENT", "The path leads into the mount that lies over it.", "mount_namespaces(7)"},
	"file-poll":     {"all+tmp", "", "The path leads into the mount that lies over it.", "mount_namespaces(7)"},
}

// isolation makes a section of all primitives under all sets of namespaces.
func isolation() []result.Record {
	head := matrixHead("isolation")
	head.Started = head.Started.Add(time.Hour)
	head.Plan.Trials, head.Plan.Spaces = 3, madeSpaces
	records := []result.Record{head}
	for _, family := range allHeld {
		for _, primitive := range family.names {
			for _, space := range madeSpaces {
				for i, way := range []string{result.WayDown, result.WayDownNamed, result.WayUp, result.WayUpNamed} {
					b := inSpace(primitive, space, i%2 == 1)
					b.Matrix, b.Primitive, b.Family, b.Namespace, b.Way = result.MatrixIsolation, primitive, family.family, space.Name, way
					records = append(records, b)
				}
			}
		}
	}
	return append(records, &result.End{Finished: head.Started.Add(2 * time.Minute), Ended: result.EndedComplete})
}

func inSpace(primitive string, space result.Space, named bool) *result.Behaviour {
	cut, ok := cutBy[primitive]
	r := result.Result{Outcome: result.OutcomeReleased, N: 3}
	switch {
	case named && !ok:
		return &result.Behaviour{Outcome: result.OutcomeUnavailable, Reason: "It has no name that could be opened after the clone."}
	case ok && (space.Name == cut.space || slices.Contains(space.Namespaces, cut.space)) && (named || cut.space != "all+tmp" || primitive != "unix-path"):
		r = result.Result{Outcome: result.OutcomeFailed, N: 3, Errno: cut.errno, At: fmt.Sprintf("open of %s", primitive), Why: cut.why, Source: cut.source}
		if cut.errno == "" {
			r.Outcome = result.OutcomeHung
		}
	}
	return &result.Behaviour{Outcome: r.Outcome, Trials: 3, Results: []result.Result{r}}
}

// matrices is a record of both and no series.
func matrices(t *testing.T) []byte { return encode(t, slices.Concat(faults(), isolation())...) }

// evilMatrices is a record of both whose every text is evil.
func evilMatrices() []result.Record {
	var records []result.Record
	for _, isolating := range []bool{false, true} {
		head := matrixHead(evil)
		head.Environment.Host, head.Environment.Kernel = evil, evil
		head.Plan.Primitives = []string{"pipe-eof", evil, evil + "2", "-1+1"}
		if isolating {
			head.Plan.Spaces = []result.Space{{Name: evil, About: evil, Namespaces: []string{evil}}, {Name: "=" + evil, About: evil}}
		} else {
			head.Plan.Faults = []result.Fault{
				{Name: evil, About: evil, Of: result.OfChild, Unsafe: []string{result.OutcomeHung}}, {Name: "=" + evil, About: evil, Of: result.OfStranger},
			}
		}
		records = append(records, head)
		for i, primitive := range head.Plan.Primitives {
			for k := range 2 {
				b := &result.Behaviour{Matrix: result.MatrixFaults, Primitive: primitive, Family: evil, Outcome: result.OutcomeUnavailable, Reason: evil}
				name := []string{evil, "=" + evil}[k]
				if isolating {
					b.Matrix, b.Namespace, b.Way = result.MatrixIsolation, name, result.WayUpNamed
				} else {
					b.Fault = name
				}
				if i > 0 {
					b.Outcome, b.Reason, b.Trials = result.OutcomeFailed, "", matrixTrials
					for n := range matrixTrials {
						b.Results = append(b.Results, result.Result{
							Outcome: result.OutcomeFailed, N: 1, Errno: evil, Signal: evil, At: evil, Note: fmt.Sprint(evil, n), Why: evil, Source: evil, Early: n%2 == 0,
						})
					}
				}
				records = append(records, b)
			}
		}
		records = append(records, &result.End{Ended: cmp.Or(evil), Error: evil})
	}
	return records
}
