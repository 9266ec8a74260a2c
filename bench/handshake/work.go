package handshake

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/nsbench/nsbench/sync/program"
)

// work is what a process does in a step, as a program.
func (w *writer) work(step Step) (program.Program, error) {
	to := step.To
	if to == "" {
		to = w.name
	}
	switch step.Work.Name {
	case workUnshare:
		return program.Program{program.UnshareNow(program.Namespace(step.Work.Namespaces))}, nil
	case workMaps:
		return w.maps(w.pids[to])
	case workIDs:
		return program.Program{program.SetGroup(0), program.SetUser(0)}, nil
	case workCgroup:
		return w.cgroup(w.pids[to])
	case workLink:
		return w.link(w.pids[to])
	case workHostname:
		return program.Program{program.Sethostname(hostName)}, nil
	case workProc:
		return program.Program{program.MakePrivate(), program.MountProc("/proc")}, nil
	case workRoot:
		return pivot(), nil
	case workTie:
		return program.Program{program.ParentDeathSignal(program.SIGKILL)}, nil
	case workJob:
		var p program.Program
		if w.setting.holdSleep > 0 {
			p = append(p, program.Sleep(w.setting.holdSleep))
		}
		if w.setting.spin > 0 {
			p = append(p, program.Busy(w.setting.spin))
		}
		return append(p, program.Store(w.setting.world.job, jobDone)), nil
	}
	return nil, fmt.Errorf("%s does %q: no such work", step.By, step.Work.Name)
}

// digits is room for a process ID in a path or a text, which ends at a multiple of 8.
const digits = 16

// memory gives out a memory that begins with a text.
func (w *writer) memory(name, text string, size int) (program.Memory, error) {
	m, err := w.setting.board.Memory(name, max(size, len(text)))
	if err == nil {
		copy(w.setting.board.Bytes(m), text)
	}
	return m, err
}

// maps maps the user and the group that this program runs as to 0, for another process.
// setgroups has to be denied before an unprivileged process may map a group.
// user_namespaces(7).
func (w *writer) maps(of program.Word) (p program.Program, err error) {
	fd, err := w.setting.board.Word("map")
	if err != nil {
		return nil, err
	}
	for _, f := range []struct{ name, text string }{
		{"setgroups", "deny"},
		{"uid_map", fmt.Sprintf("0 %d 1\n", w.setting.world.uid)},
		{"gid_map", fmt.Sprintf("0 %d 1\n", w.setting.world.gid)},
	} {
		path, err := w.memory("/proc/PID/"+f.name, "/proc"+strings.Repeat("/", digits-len("/proc"))+"/"+f.name+"\x00", 0)
		if err != nil {
			return nil, err
		}
		p = append(p,
			program.Decimal(of, path.At(path.Name, digits)),
			program.OpenAt(path, program.WriteOnly).Into(fd),
			program.Write(fd, f.text),
			program.Close(fd))
	}
	return p, nil
}

// cgroup moves another process into the group. Blanks before a number are skipped.
func (w *writer) cgroup(pid program.Word) (program.Program, error) {
	fd, err := w.setting.board.Word("cgroup.procs")
	if err != nil {
		return nil, err
	}
	text, err := w.memory("PID", strings.Repeat(" ", digits), 0)
	if err != nil {
		return nil, err
	}
	return program.Program{
		program.Decimal(pid, text.At(text.Name, digits)),
		program.Open(w.setting.world.group+"/cgroup.procs", program.WriteOnly).Into(fd),
		program.WriteFrom(fd, text, digits),
		program.Close(fd),
	}, nil
}

// The ends of the pair of network devices: the one stays, the other is moved.
const (
	linkHere  = "nsb0"
	linkThere = "nsb1"
)

// Parts of a message to rtnetlink. rtnetlink(7), netlink(7), the kernel's
// include/uapi/linux/if_link.h and veth.h.
const (
	rtmNewlink = 16
	rtmSetlink = 19
	nlmRequest = 1
	nlmAck     = 4
	nlmExcl    = 0x200
	nlmCreate  = 0x400
	iflaIfname = 3
	iflaInfo   = 18
	iflaPID    = 19 // IFLA_NET_NS_PID
	infoKind   = 1
	infoData   = 2
	vethPeer   = 1
	headerSize = 16 // struct nlmsghdr
	ifinfoSize = 16 // struct ifinfomsg
	ackSize    = 256
	ackErrorAt = headerSize // struct nlmsgerr begins with it
	movedPIDAt = headerSize + ifinfoSize + 12 + 4
	attrHeader = 4
)

// attr is an attribute of a message, padded to a multiple of 4 bytes.
func attr(kind uint16, value string) string {
	b := binary.NativeEndian.AppendUint16(nil, uint16(attrHeader+len(value)))
	b = binary.NativeEndian.AppendUint16(b, kind)
	b = append(b, value...)
	return string(append(b, make([]byte, -len(b)&3)...))
}

// message is a message about a network device.
func message(kind, flags uint16, attrs string) string {
	b := binary.NativeEndian.AppendUint32(nil, uint32(headerSize+ifinfoSize+len(attrs)))
	b = binary.NativeEndian.AppendUint16(b, kind)
	b = binary.NativeEndian.AppendUint16(b, nlmRequest|nlmAck|flags)
	return string(append(b, make([]byte, 8+ifinfoSize)...)) + attrs
}

// link makes a pair of network devices and moves one into the network namespace of
// another process.
func (w *writer) link(of program.Word) (program.Program, error) {
	fd, err := w.setting.board.Word("netlink")
	if err != nil {
		return nil, err
	}
	peer := strings.Repeat("\x00", ifinfoSize) + attr(iflaIfname, linkThere+"\x00")
	pair := message(rtmNewlink, nlmCreate|nlmExcl, attr(iflaIfname, linkHere+"\x00")+
		attr(iflaInfo, attr(infoKind, "veth")+attr(infoData, attr(vethPeer, peer))))
	move := message(rtmSetlink, 0, attr(iflaIfname, linkThere+"\x00")+attr(iflaPID, "\x00\x00\x00\x00"))
	p := program.Program{program.NetlinkSocket().Into(fd)}
	for _, m := range []struct {
		name, text string
		pid        bool
	}{{"make veth", pair, false}, {"move veth", move, true}} {
		// A copy of a double word leaves zeros behind the ID.
		request, err := w.memory(m.name, m.text, len(m.text)+8)
		if err != nil {
			return nil, err
		}
		ack, err := w.memory("ack", "", ackSize)
		if err != nil {
			return nil, err
		}
		if m.pid {
			p = append(p, program.Move(request.Word("pid", movedPIDAt), of))
		}
		p = append(p,
			program.Send(fd, request, len(m.text)),
			program.Receive(fd, ack, ackSize),
			program.Load(ack.Word("answer to "+m.name, ackErrorAt)).Want(0))
	}
	return append(p, program.Close(fd)), nil
}

// The new root, before it is one, and what tells it from the old.
const (
	newRoot    = "/tmp"
	rootMarker = "/nsbench-root"
)

// pivot moves the process into an empty root, with /proc if there is one of its own: it
// cannot be mounted any more when no other is in sight. pivot_root(2), "pivot_root(".", ".")".
func pivot() program.Program {
	return program.Program{
		program.MakePrivate(),
		program.MountTmpfs(newRoot),
		program.MakeDir(newRoot + "/proc"),
		program.MakeDir(newRoot + rootMarker),
		program.MoveMount("/proc", newRoot+"/proc").Try(),
		program.ChangeDir(newRoot),
		program.PivotRoot(".", "."),
		program.DetachMount("."),
		program.ChangeDir("/"),
	}
}
