package program

// NetlinkSocket makes a socket to talk to the kernel about network devices, and has it
// as the result. rtnetlink(7).
func NetlinkSocket() Op {
	return syscallOp(callSocket, named(afNetlink, "AF_NETLINK"), named(sockRaw|oCloexec, "SOCK_RAW|SOCK_CLOEXEC"), named(0, "NETLINK_ROUTE"))
}

// Send sends the first n bytes of a memory over a socket. send(2).
func Send(socket File, m Memory, n int) Op {
	return syscallOp(callSendto, socket.file(), memory(m), number(int64(n)), number(0), null(), number(0)).Want(int64(n))
}

// Receive receives at most n bytes into a memory, and has their number as the result. recv(2).
func Receive(socket File, into Memory, n int) Op {
	return syscallOp(callRecvfrom, socket.file(), memory(into), number(int64(n)), number(0), null(), null())
}

// DatagramSocket makes a socket for questions about network devices, and has it as the
// result. netdevice(7).
func DatagramSocket() Op {
	return syscallOp(callSocket, named(afInet, "AF_INET"), named(sockDgram|oCloexec, "SOCK_DGRAM|SOCK_CLOEXEC"), named(0, "IPPROTO_IP"))
}

// LinkIndex asks for the index of the network device whose name a memory of RequestSize
// bytes begins with, and fails with ENODEV where the process's network namespace has
// none of that name. netdevice(7), SIOCGIFINDEX.
func LinkIndex(socket File, request Memory) Op {
	return syscallOp(callIoctl, socket.file(), named(siocgifindex, "SIOCGIFINDEX"), memory(request))
}

// RequestSize is the size of struct ifreq.
const RequestSize = ifreqSize

// Uname puts the names of the system, that of the host among them, into a memory of
// UnameSize bytes. uname(2).
func Uname(into Memory) Op { return syscallOp(callUname, memory(into)) }

// The layout of struct new_utsname: six strings of UnameField bytes, the second of which
// is the host's name.
const (
	UnameSize  = unameSize
	UnameField = unameField
)
