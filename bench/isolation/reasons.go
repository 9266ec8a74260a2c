package isolation

import (
	"regexp"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
)

// A reason is a sentence for what has been found. It explains an outcome, and never
// decides one: it is looked up when the trial is over, by all that is set here.
type reason struct {
	outcome string   // empty for failed
	call    []string // by any of these
	errno   string
	in      string   // is in the operation, as it is printed
	new     string   // a namespace that is new
	mounted bool     // something is mounted over the directory for temporary files
	early   bool     // it went on before it was released
	of      []string // primitives, where no operation tells them apart
	ways    []string

	why, source string
}

// Of several that match, the first holds.
var reasons = []reason{
	// IPC namespaces.
	{
		call: []string{"semop", "msgsnd", "msgrcv"}, errno: "EINVAL", new: "ipc",
		why:    "The identifier of a System V object means something in the IPC namespace alone in which the object was made, and in the new one there is none.",
		source: "ipc_namespaces(7), sysvipc(7)",
	},
	{
		call: []string{"semget", "msgget"}, errno: "ENOENT", new: "ipc",
		why:    "A key is looked up in the IPC namespace of who asks, and in the new one nothing has that key.",
		source: "ipc_namespaces(7), sysvipc(7)",
	},
	{
		call: []string{"mq_open"}, errno: "ENOENT", new: "ipc",
		why:    "Each IPC namespace has a file system of its own for POSIX queues, so that the name is not there in the new one.",
		source: "ipc_namespaces(7), mq_overview(7)",
	},

	// Network namespaces.
	{
		call: []string{"connect"}, errno: "ECONNREFUSED", in: "sun_path=@", new: "net",
		why:    "The abstract names of unix sockets belong to the network namespace, and in the new one nobody listens by that name.",
		source: "network_namespaces(7), unix(7)",
	},
	{
		call: []string{"connect"}, errno: "ENETUNREACH", new: "net",
		why:    "A new network namespace has a loopback device of its own, which is down, so that 127.0.0.1 cannot be reached from it.",
		source: "network_namespaces(7), connect(2)",
	},
	{
		call: []string{"connect"}, errno: "ECONNREFUSED", in: "AF_INET", new: "net",
		why:    "A new network namespace has ports of its own, and nobody listens at this one.",
		source: "network_namespaces(7), connect(2)",
	},

	// PID namespaces.
	{
		early: true, of: []string{"sigstop"}, new: "pid",
		why:    "The first process of a PID namespace gets no signal from within it for which it has no handler, SIGSTOP included: the child did not stop, and was not held.",
		source: "pid_namespaces(7), kill(2)",
	},
	{
		errno: "ESRCH", in: "<= 0", new: "pid",
		why:    "The parent has no process ID in the child's PID namespace, where getppid returns 0, so that the child has no number to name it by.",
		source: "pid_namespaces(7), getpid(2)",
	},
	{
		call: []string{"pidfd_open"}, errno: "ESRCH", new: "pid",
		why:    "A process ID is looked up in the PID namespace of who asks, and the new one has no process of the others.",
		source: "pid_namespaces(7), pidfd_open(2)",
	},
	{
		call: []string{"pidfd_send_signal"}, errno: "EINVAL", new: "pid",
		why:    "A signal goes down to PID namespaces within and not up, even to a process that is named by an inherited pidfd.",
		source: "pidfd_send_signal(2), pid_namespaces(7)",
	},

	// User namespaces.
	{
		call: []string{"openat"}, errno: "EACCES", in: "/proc/PID/fd/", new: "user",
		why:    "Who follows a link in /proc/PID/fd must be allowed to trace that process, and from within a new user namespace nobody has a capability in that of his parent.",
		source: "proc_pid_fd(5), ptrace(2), user_namespaces(7)",
	},
	{
		call: []string{"pidfd_getfd"}, errno: "EPERM", new: "user",
		why:    "Who takes a descriptor of another process must be allowed to trace it, and from within a new user namespace nobody has a capability in that of his parent.",
		source: "pidfd_getfd(2), ptrace(2), user_namespaces(7)",
	},

	// Mount namespaces, in which something is mounted.
	{
		call: []string{"openat", "mknodat", "connect", "inotify_add_watch"}, errno: "ENOENT", mounted: true,
		why:    "The path leads into what is mounted over the directory in the child's mount namespace, where there is no such file.",
		source: "mount_namespaces(7), path_resolution(7)",
	},
	{
		outcome: result.OutcomeHung, call: []string{"statx"}, mounted: true,
		why:    "The path leads into what is mounted over the directory in the child's mount namespace: the file is made in the other one, and never comes to be in this.",
		source: "mount_namespaces(7), path_resolution(7)",
	},

	// What no namespace has to do with.
	{
		call: []string{"openat"}, errno: "ENXIO", in: "/proc/PID/fd/",
		why:    "It is a socket or an anonymous inode, which has no name but its link in /proc/PID/fd, and the link cannot be opened: who has neither inherited the descriptor, nor been sent it, nor taken it by pidfd_getfd, does not get it.",
		source: "open(2), ENXIO; proc_pid_fd(5), pidfd_getfd(2)",
	},
	{
		call: []string{"openat"}, errno: "EACCES", in: "/proc/PID/fd/", of: []string{"eventfd", "eventfd-epoll", "barrier"},
		why:    "An eventfd has no name but its link in /proc/PID/fd, and no inode of its own: the one that all have in common belongs to root, and nobody else may open it; root cannot.",
		source: "proc_pid_fd(5), open(2)",
	},
	{
		call: []string{"waitid"}, errno: "ECHILD",
		why:    "A stop is reported to the parent of who stops, or to its tracer: a child that does not trace its parent can wait for neither a stop nor the end of it.",
		source: "wait(2), ptrace(2)",
	},
	{
		early: true, of: []string{"flock", "ofd-lock"}, ways: []string{result.WayUpNamed},
		why:    "A lock belongs to the open file description by which it was taken: the child's, made by opening the path, has none to give up, and the lock was gone when who had made the gate closed the last descriptor of the other one.",
		source: "flock(2), fcntl(2)",
	},
}

// A finding is what a reason is looked up by.
type finding struct {
	result.Result
	primitive, way string
	space          Space
}

// explained is a result with its reason. An error that is not known has its text and
// no source.
func (p place) explained(r result.Result) result.Result {
	if r.Outcome == result.OutcomeReleased {
		return r
	}
	f := finding{r, p.primitive.Name, p.way, p.space}
	if i := slices.IndexFunc(reasons, f.isExplainedBy); i >= 0 {
		r.Why, r.Source = reasons[i].why, reasons[i].source
		return r
	}
	r.Why = errorText(r.Errno)
	return r
}

func (f finding) isExplainedBy(r reason) bool {
	outcome := r.outcome
	if outcome == "" {
		outcome = result.OutcomeFailed
	}
	return f.Outcome == outcome && f.Errno == r.errno && f.Early == r.early &&
		(r.call == nil || slices.Contains(r.call, callOf(f.At))) &&
		strings.Contains(f.At, r.in) &&
		(r.new == "" || f.space.has(r.new)) &&
		(!r.mounted || f.space.mapped) &&
		(r.of == nil || slices.Contains(r.of, f.primitive)) &&
		(r.ways == nil || slices.Contains(r.ways, f.way))
}

var callPattern = regexp.MustCompile(`\w+\(`)

// callOf is the system call of an operation as it is printed.
func callOf(at string) string { return strings.TrimSuffix(callPattern.FindString(at), "(") }

// refusals are reasons for which the kernel makes no such namespaces.
var refusals = map[string]string{
	"EPERM":  "a new namespace takes CAP_SYS_ADMIN, but for a user namespace, which the administrator may have forbidden; clone(2), user_namespaces(7)",
	"EINVAL": "the kernel was built without one of these namespaces; clone(2)",
	"ENOSPC": "there are as many of them, or as deep within each other, as there may be, /proc/sys/user; namespaces(7)",
	"EUSERS": "there are as many user namespaces within each other as there may be; clone(2)",
	"ENOSYS": "the kernel has no clone3, or a seccomp filter says that it has none; clone(2)",
}
