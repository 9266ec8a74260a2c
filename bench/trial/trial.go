package trial

import (
	"fmt"
	"time"

	"github.com/nsbench/nsbench/bench/result"
)

// A Trial is one thing to be tried.
type Trial struct {
	Script    string   `json:"script"` // one that was given to Reexecuted
	Primitive string   `json:"primitive"`
	Args      []string `json:"args,omitempty"` // for the script

	// Deadline is how long one that sleeps may stay where it is when all has been
	// done, before it counts as hung. One that runs may use a tenth of that of CPU
	// time.
	Deadline time.Duration `json:"deadline"`

	// Alone is for a trial that takes times: no other is under way meanwhile, but for
	// those whose child sleeps, and while it rests, see Parent.Rests.
	Alone bool `json:"alone,omitempty"`
}

// A Report is what a trial came to.
type Report struct {
	result.Result

	// Unavailable says why the trial could not be set up: then there is no outcome.
	Unavailable string `json:"unavailable,omitempty"`

	// Moot says that it could not because the primitive has nothing that it could be
	// done to.
	Moot bool `json:"moot,omitempty"`

	// Descriptors are how many the gate has in the parent that holds a child; nil where
	// they have not been counted.
	Descriptors *int64 `json:"descriptors,omitempty"`

	// In ns, if the child was released and not before its release: the release
	// latency, and that of a child without the fault if the script took it.
	LatencyNS int64 `json:"latency_ns,omitempty"`
	FreeNS    int64 `json:"free_ns,omitempty"`

	// Broken says what went wrong with the trial itself.
	Broken string `json:"broken,omitempty"`
}

// An EncloseError says that the kernel refuses the namespaces without which there are
// no trials.
type EncloseError struct {
	User bool // a user namespace was to be among them
	Err  error
}

func (e *EncloseError) Error() string {
	with := ""
	if e.User {
		with = "user, "
	}
	return fmt.Sprintf("start an observer of trials in new %spid, ipc and mnt namespaces: %v", with, e.Err)
}

// Unwrap returns the kernel's reason.
func (e *EncloseError) Unwrap() error { return e.Err }
