package handshake

import (
	"encoding/binary"
	"strings"

	"github.com/nsbench/nsbench/sync/program"
)

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
