package host

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/moby/sys/capability"
	"github.com/nsbench/nsbench/bench/result"
)

// A barrier is a setting that keeps a process from making a user namespace,
// or from having capabilities in it.
type barrier struct {
	key     string // as sysctl(8) names it
	closed  string // the value that forbids
	open    string // a value that allows
	forRoot bool   // it also holds for a process with CAP_SYS_ADMIN
}

var barriers = []barrier{
	// user_namespaces(7) and namespaces(7), "The /proc/sys/user directory".
	{key: "user.max_user_namespaces", closed: "0", open: "15000", forRoot: true},
	// A patch of Debian's, also in Arch's hardened kernel. Not in mainline.
	{key: "kernel.unprivileged_userns_clone", closed: "0", open: "1"},
	// Ubuntu from 23.10: the namespace is made, but an unconfined process has
	// no capability in it and cannot write its maps.
	{key: "kernel.apparmor_restrict_unprivileged_userns", closed: "1", open: "0"},
}

func (b barrier) file() string { return "proc/sys/" + strings.ReplaceAll(b.key, ".", "/") }

var checkUserNS = check{
	name:   "userns",
	effect: "without CAP_SYS_ADMIN no namespace can be made but inside a new user namespace: where those are forbidden, there is no run",
	look:   lookUserNS,
}

func lookUserNS(h *Host) result.Disturbance {
	if h.exists("proc/self/ns") && !h.exists("proc/self/ns/user") {
		return warn("the kernel has no user namespaces", "boot a kernel built with CONFIG_USER_NS=y")
	}
	closed, err := h.closedBarriers()
	if err != nil {
		return unknown(err)
	}
	if len(closed) == 0 {
		return ok("user namespaces are allowed")
	}
	// A process that does not know its capabilities is told of every barrier.
	privileged, _ := h.calls.capable(capability.CAP_SYS_ADMIN)
	return judgeBarriers(closed, privileged)
}

func judgeBarriers(closed []barrier, privileged bool) result.Disturbance {
	var settings, fixes []string
	for _, b := range closed {
		settings = append(settings, b.key+"="+b.closed)
		if b.forRoot || !privileged {
			fixes = append(fixes, "sysctl -w "+b.key+"="+b.open)
		}
	}
	found := strings.Join(settings, ", ")
	if fixes == nil {
		return ok(found + ", which does not hold for this process: it has CAP_SYS_ADMIN")
	}
	d := warn(found, strings.Join(fixes, "; "))
	if privileged {
		d.Effect = "runs with a user namespace among --namespaces cannot be made; the others can, as this process has CAP_SYS_ADMIN"
	}
	return d
}

// closedBarriers passes over the settings that this kernel does not have.
func (h *Host) closedBarriers() ([]barrier, error) {
	var closed []barrier
	for _, b := range barriers {
		value, err := h.read(b.file())
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if value == b.closed {
			closed = append(closed, b)
		}
	}
	return closed, nil
}
