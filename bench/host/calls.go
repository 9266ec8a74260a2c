package host

import "github.com/moby/sys/capability"

// calls are the questions that no file answers, or that must have an answer
// where /proc is not mounted.
type calls struct {
	// uname is uname(2).
	uname func() (uname, error)

	// affinity returns the CPUs that the calling thread may use, in
	// ascending order; sched_getaffinity(2).
	affinity func() ([]int, error)

	// pin moves a thread of its own to one CPU and tells whether it arrived
	// there; sched_setaffinity(2).
	pin func(cpu int) error

	// descriptors returns RLIMIT_NOFILE; getrlimit(2). The Go runtime raises
	// the soft limit to the hard one at the start of a process.
	descriptors func() (soft, hard uint64, err error)

	// capable tells whether a capability is in the effective set of the
	// calling thread; capabilities(7).
	capable func(capability.Cap) (bool, error)

	// uid is the effective user id, -1 where there is none.
	uid func() int
}

// A uname is what uname(2) tells, as far as it is of use here.
type uname struct {
	node    string
	release string
	version string
}
