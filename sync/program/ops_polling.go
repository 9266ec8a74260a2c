package program

import "strings"

// PollIn asks, without waiting, whether a descriptor is readable: 1 if it is, else 0.
// On a pidfd 1 means that the process has ended. ppoll(2), pidfd_open(2).
func PollIn(fd FD) Op {
	return poll(interval(0), []FD{fd}, nil)
}

// AwaitPoll waits until one of the descriptors in readable is readable, or one
// in hangup has hung up, and has the number of those as the result: POLLHUP
// comes unasked. On a pidfd readable means that the process has ended. ppoll(2).
func AwaitPoll(readable, hangup []FD) Op { return poll(null(), readable, hangup) }

func poll(timeout operand, readable, hangup []FD) Op {
	var members []member
	var text []string
	for _, fd := range readable {
		members = append(members, shown(sized(4, fd.file())), u32(pollIn))
		text = append(text, "{fd="+blank+", events=POLLIN}")
	}
	for _, fd := range hangup {
		members = append(members, shown(sized(4, fd.file())), u32(0))
		text = append(text, "{fd="+blank+", events=0}")
	}
	n := len(text)
	return syscallOp(callPoll, structure("["+strings.Join(text, ", ")+"]", members...), number(int64(n)), timeout, null(), number(0))
}

// EpollCreate makes an epoll instance and has its descriptor as the result. epoll_create(2).
func EpollCreate() Op { return syscallOp(callEpollCreate, named(oCloexec, "EPOLL_CLOEXEC")) }

// EpollAdd has an epoll instance look whether a descriptor is readable. epoll_ctl(2).
func EpollAdd(epoll, fd File) Op {
	event := structure("{events=EPOLLIN, data={u32=0, u64=0}}", u32(pollIn), u32(0), u64(0)) // packed on amd64 alone, and the data are 0
	return syscallOp(callEpollCtl, epoll.file(), named(epollAdd, "EPOLL_CTL_ADD"), fd.file(), event)
}

// EpollWait waits for one event, and has their number as the result. epoll_wait(2).
func EpollWait(epoll File) Op {
	return syscallOp(callEpollWait, epoll.file(), buffer(epollEventSize), number(1), named(-1, "-1"), null(), number(signalSetSize))
}
