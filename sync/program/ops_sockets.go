package program

import (
	"encoding/binary"
	"fmt"
)

// An Address is that of a socket.
type Address struct {
	family int64
	name   string // AF_UNIX, AF_INET
	bytes  string // struct sockaddr
	text   string // as strace prints it
}

// UnixAddress is that of a unix socket: a path, or a name in the abstract
// namespace, which begins with a NUL. unix(7).
func UnixAddress(name string) Address {
	b := binary.NativeEndian.AppendUint16(nil, afUnix)
	b = append(b, name...)
	text := quoted(name)
	if name != "" && name[0] == 0 {
		text = "@" + quoted(name[1:])
	} else {
		b = append(b, 0)
	}
	return Address{afUnix, "AF_UNIX", string(b), "{sa_family=AF_UNIX, sun_path=" + text + "}"}
}

// TCPAddress is that of a TCP socket over IPv4. ip(7).
//
// It is not told by netip.AddrPort: what imports net/netip is initialized behind what
// reports are made with, which a parent on trial comes off without; see package roles.
func TCPAddress(ip [4]byte, port uint16) Address {
	b := binary.NativeEndian.AppendUint16(nil, afInet)
	b = binary.BigEndian.AppendUint16(b, port)
	b = append(append(b, ip[:]...), make([]byte, 8)...)
	return Address{afInet, "AF_INET", string(b), fmt.Sprintf("{sa_family=AF_INET, sin_port=htons(%d), sin_addr=inet_addr(\"%d.%d.%d.%d\")}", port, ip[0], ip[1], ip[2], ip[3])}
}

// Socket makes a stream socket that can connect to an address, and has it as
// the result. socket(2).
func Socket(to Address) Op {
	return syscallOp(callSocket, named(to.family, to.name), named(sockStream|oCloexec, "SOCK_STREAM|SOCK_CLOEXEC"), to.protocol())
}

// protocol is the default one, under the name that it has in the family.
func (a Address) protocol() operand {
	if a.family == afInet {
		return named(0, "IPPROTO_IP")
	}
	return number(0)
}

// Connect connects a socket. connect(2).
func Connect(socket File, to Address) Op {
	return syscallOp(callConnect, socket.file(), structure(to.text, raw(to.bytes)), number(int64(len(to.bytes))))
}

// Accept waits for a connection and has a socket of it as the result. accept(2).
func Accept(listener File) Op {
	return syscallOp(callAccept, listener.file(), null(), null(), named(oCloexec, "SOCK_CLOEXEC"))
}

// Shutdown says that nothing more will be sent: the peer reads end of file,
// whoever else has the socket. shutdown(2), SHUT_WR.
func Shutdown(socket File) Op {
	return syscallOp(callShutdown, socket.file(), named(shutWR, "SHUT_WR"))
}
