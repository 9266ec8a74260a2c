package trial

import "time"

// An order is a line from the pool to an observer.
type order struct {
	Trial
	Granted bool `json:"granted,omitempty"` // not a trial: the one under way is alone now
}

// An answer is a line from an observer to the pool.
type answer struct {
	Ready   bool    `json:"ready,omitempty"`   // it takes orders
	Settled bool    `json:"settled,omitempty"` // whom it watches sleeps, so another trial may begin
	Alone   bool    `json:"alone,omitempty"`   // it asks to be alone with the trial, which Settled has ended
	Report  *Report `json:"report,omitempty"`
	Failed  string  `json:"failed,omitempty"` // why it cannot go on
}

// A told is a line from a parent to its observer.
type told struct {
	What what `json:"what"`

	// Of whom to watch.
	Of    string     `json:"of,omitempty"` // see result.OfChild
	PID   int        `json:"pid,omitempty"`
	TID   int        `json:"tid,omitempty"`  // the thread that is watched, if it is not the first
	Code  uint64     `json:"code,omitempty"` // where its code is on the board
	Parts [][]string `json:"parts,omitempty"`
	At    string     `json:"at,omitempty"` // what it waits in

	// Of a parent's own end.
	Outcome outcome `json:"outcome,omitzero"`

	Note        string `json:"note,omitempty"`
	Why         string `json:"why,omitempty"`  // it is unavailable, or broken
	Moot        bool   `json:"moot,omitempty"` // it is unavailable, see Report
	FreeNS      int64  `json:"free_ns,omitempty"`
	Descriptors *int64 `json:"descriptors,omitempty"`
}

// An outcome is a program.Outcome with the operation in words.
type outcome struct {
	Verdict string `json:"verdict"`
	Errno   uint16 `json:"errno,omitempty"`
	Result  int64  `json:"result,omitempty"`
	At      string `json:"at,omitempty"`
}

// What a parent tells.
type what string

const (
	tellWatch       what = "watch"       // watch this one; answered
	tellActs        what = "acts"        // the parent begins an operation that may hang, in this thread; without one, it is through
	tellRests       what = "rests"       // nothing happens for a while
	tellAlone       what = "alone"       // something is timed next; answered
	tellKill        what = "kill"        // kill the parent
	tellExit        what = "exit"        // the parent is about to exit
	tellDone        what = "done"        // all has been done: what comes of it?
	tellMet         what = "met"         // what the parent's own operation came to
	tellUnavailable what = "unavailable" // the trial cannot be set up
	tellBroken      what = "broken"      // something else went wrong
)

// patience is how long a parent may take to the next thing that it tells, besides the
// deadline of what may hang in between. It is for one that has a defect: nothing that
// is measured depends on it.
const patience = 30 * time.Second

func (t Trial) patience() time.Duration { return t.Deadline + patience }
